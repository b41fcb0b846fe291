import type { File, Group } from 'h5wasm';
import { fromFloat16Array } from '../../../lib/binary/float16.ts';
import { unreachable } from '../../../lib/unreachable.ts';
import type { Stored } from '../../precision/stored-as.ts';
import { withNewFile } from './library.ts';

/** Largest attribute that an object of a file holds in its header; Keras splits longer lists at the same length. */
const MAX_ATTRIBUTE_BYTES = 64_512;

/** A file that is written. Paths are from its root, which is ''. */
export interface Hdf5Writer {
  /** With those above it. */
  group(path: string): void;
  /** Little endian, contiguous; float16 as compressed float32, as the library knows no smaller floats. */
  dataset(path: string, stored: Stored, shape: readonly number[]): void;
  /** ASCII of any length. */
  text(path: string, name: string, value: string): void;
  /** A list of ASCII words; a long one is split into `name0`, `name1`... as Keras does. */
  words(path: string, name: string, values: readonly string[]): void;
}

/** @returns the bytes of an HDF5 file that `write` fills */
export function writeHdf5(date: Date, write: (file: Hdf5Writer) => void): Promise<Uint8Array<ArrayBuffer>> {
  return withNewFile(date, (file) => write(writerOf(file)));
}

function writerOf(file: File): Hdf5Writer {
  const groups = new Map<string, Group>([['', file]]);
  const group = (path: string): Group => {
    const known = groups.get(path);
    if (known) return known;
    const [parent, name] = split(path);
    const made = group(parent).create_group(name);
    groups.set(path, made);
    return made;
  };
  return {
    group,
    dataset(path, stored, shape) {
      const [parent, name] = split(path);
      group(parent).create_dataset({ name, shape: [...shape], ...numbersOf(stored, shape) });
    },
    text: (path, name, value) => group(path).create_attribute(name, value, [], 'A'),
    words(path, name, values) {
      const size = 1 + values.reduce((most, value) => Math.max(most, value.length), 0); // ends in a 0
      const each = Math.max(1, Math.floor(MAX_ATTRIBUTE_BYTES / size));
      const write = (called: string, some: readonly string[]): void =>
        group(path).create_attribute(called, [...some], [some.length], `A${size}`);
      if (values.length <= each) {
        write(name, values);
        return;
      }
      for (let part = 0; part * each < values.length; part++) {
        write(`${name}${part}`, values.slice(part * each, (part + 1) * each));
      }
    },
  };
}

type Numbers = Pick<
  Parameters<Group['create_dataset']>[0],
  'data' | 'dtype' | 'chunks' | 'compression' | 'compression_opts'
>;

function numbersOf(stored: Stored, shape: readonly number[]): Numbers {
  switch (stored.type) {
    case 'float32':
      return { data: stored.values, dtype: '<f4' };
    case 'int8':
      return { data: stored.values, dtype: '<b' };
    case 'float16': {
      // Of such numbers 13 of 32 bits are 0. Compression works on chunks: one, the whole.
      const data = fromFloat16Array(stored.halves);
      return { data, dtype: '<f4', chunks: [...shape], compression: 'gzip', compression_opts: 9 };
    }
    default:
      return unreachable(stored);
  }
}

function split(path: string): [parent: string, name: string] {
  const at = path.lastIndexOf('/');
  return [path.slice(0, Math.max(at, 0)), path.slice(at + 1)];
}
