import type { Dataset, Entity, File, Group } from 'h5wasm';
import { z } from 'zod';
import { ProblemError } from '../../../lib/problem.ts';
import type { StoredWeight } from '../../../model/custom-model/weights.ts';
import { withFile } from './library.ts';

const MAX_WORDS = 20_000;
const words = z.array(z.string().max(1000)).max(MAX_WORDS);

/** A file that is read. Paths are from its root. */
export interface Hdf5Reader {
  /** Names of what is in a group, in their order; empty where there is none. */
  names(path: string): readonly string[];
  /** @throws ProblemError where there is no dataset of float32 or int8 */
  dataset(path: string): StoredWeight;
  /** @throws ProblemError where there is no such attribute */
  text(path: string, name: string): string;
  /** A list of words, also where it is split into `name0`, `name1`...; empty where there is none. */
  words(path: string, name: string): readonly string[];
}

/** @throws ProblemError for bytes that are no HDF5 file */
export async function readHdf5<T>(bytes: Uint8Array, read: (file: Hdf5Reader) => T): Promise<T> {
  try {
    return await withFile(bytes, (file) => read(readerOf(file)));
  } catch (thrown) {
    if (thrown instanceof ProblemError) throw thrown;
    throw damaged(thrown instanceof Error ? thrown.message.slice(0, 200) : 'it is no HDF5 file');
  }
}

function readerOf(file: File): Hdf5Reader {
  const attribute = (path: string, name: string): unknown => {
    const found = file.get(path === '' ? '/' : path);
    return found && hasAttributes(found) ? found.attrs[name]?.value : undefined;
  };
  return {
    names(path) {
      const found = file.get(path);
      return found && isGroup(found) ? found.keys() : [];
    },
    dataset(path) {
      const found = file.get(path);
      const [shape, values] = found && isDataset(found) ? [found.shape, found.value] : [null, null];
      if (shape && values instanceof Float32Array) return { shape, values };
      if (shape && values instanceof Int8Array) return { shape, values: Float32Array.from(values) };
      throw damaged(`"${path.slice(0, 80)}" holds no numbers of float32 or int8`);
    },
    text(path, name) {
      const value = attribute(path, name);
      if (typeof value === 'string') return value;
      throw damaged(`the attribute "${name}" is missing`);
    },
    words(path, name) {
      const whole = words.safeParse(attribute(path, name));
      if (whole.success) return whole.data;
      const all: string[] = [];
      for (let i = 0; all.length < MAX_WORDS; i++) {
        const some = words.safeParse(attribute(path, `${name}${i}`));
        if (!some.success) break;
        all.push(...some.data);
      }
      return all;
    },
  };
}

const isGroup = (entity: Entity): entity is Group => 'type' in entity && entity.type === 'Group';
const isDataset = (entity: Entity): entity is Dataset => 'type' in entity && entity.type === 'Dataset';
const hasAttributes = (entity: Entity): entity is Group | Dataset => isGroup(entity) || isDataset(entity);

const damaged = (what: string): ProblemError =>
  new ProblemError(`The HDF5 file cannot be read: ${what}.`, 'Download the model again.');
