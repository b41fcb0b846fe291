import { io } from '@tensorflow/tfjs-core';
import { z } from 'zod';
import { present } from '../../lib/assert.ts';
import { ProblemError } from '../../lib/problem.ts';

export interface StoredWeight {
  readonly shape: readonly number[];
  readonly values: Float32Array;
}

const MAX_PARAMETERS = 134_217_728; // 512 MB of float32
const REMEDY = 'The files are damaged or not all of one model: save or download the model again.';

/** Bytes of one number as it is stored. */
const BYTES = { float32: 4, int32: 4, bool: 1, float16: 2, uint16: 2, uint8: 1 } as const;
/** Converters write 4 MB into each file, the first ones a group for each layer. */
const MAX_FILES = 1000;

const quantization = z.object({
  dtype: z.enum(['float16', 'uint16', 'uint8']),
  scale: z.number().optional(),
  min: z.number().optional(),
});

export const weightsManifestSchema = z
  .array(
    z.object({
      paths: z.array(z.string().max(255)).min(1).max(MAX_FILES),
      weights: z
        .array(
          z.object({
            name: z.string().max(1000),
            shape: z.array(z.int().min(0).max(MAX_PARAMETERS)).max(8),
            dtype: z.enum(['float32', 'int32', 'bool']),
            quantization: quantization.optional(),
            group: z.enum(['model', 'optimizer']).optional(),
          }),
        )
        .max(20_000),
    }),
  )
  .min(1)
  .max(MAX_FILES);
type Group = z.infer<typeof weightsManifestSchema>[number];
type Spec = Group['weights'][number];

const sizeOf = (shape: readonly number[]): number => shape.reduce((product, size) => product * size, 1);
const bytesOf = ({ shape, dtype, quantization: q }: Spec): number => sizeOf(shape) * BYTES[q?.dtype ?? dtype];

/**
 * The weights of a model, of float32, int32 or bool, or of a quantised type (uint8 and uint16: value * scale + min; float16).
 *
 * @param files by the path that the manifest gives them
 * @throws ProblemError for a length that is not what the manifest says, a name that comes twice, numbers that are not
 *   finite
 */
export function readWeights(
  groups: readonly Group[],
  files: ReadonlyMap<string, Uint8Array<ArrayBuffer>>,
): Map<string, StoredWeight> {
  const total = groups.flatMap(({ weights }) => weights).reduce((sum, { shape }) => sum + sizeOf(shape), 0);
  if (!(total <= MAX_PARAMETERS)) {
    throw new ProblemError(
      `The model has ${total.toPrecision(3)} parameters; at most ${MAX_PARAMETERS.toPrecision(3)} are supported.`,
      'Choose a smaller network.',
    );
  }
  const result = new Map<string, StoredWeight>();
  for (const group of groups) {
    const data = joined(group.paths.map((path) => present(files.get(path), 'a weights file')));
    const needed = group.weights.reduce((sum, spec) => sum + bytesOf(spec), 0);
    if (data.length !== needed) {
      throw new ProblemError(
        `The weights (${group.paths.join(', ').slice(0, 120)}) have ${data.length} bytes where the model needs ${needed}${data.length < needed ? ': they are cut off' : ''}.`,
        REMEDY,
      );
    }
    let at = 0;
    for (const spec of group.weights) {
      const bytes = data.slice(at, at + bytesOf(spec));
      at += bytes.length;
      if (spec.group === 'optimizer') continue;
      if (result.has(spec.name))
        throw new ProblemError(`The model has the weight "${shown(spec)}" twice.`, REMEDY);
      const values = decode(spec, bytes);
      if (!values.every(Number.isFinite)) {
        throw new ProblemError(
          `The weight "${shown(spec)}" holds numbers that are not finite (NaN or infinite), so the network cannot be used.`,
          'Use an earlier version of the model, or train it again with a lower learning rate.',
        );
      }
      result.set(spec.name, { shape: spec.shape, values });
    }
  }
  return result;
}

/** @param bytes a copy, whose buffer holds nothing else */
function decode({ name, shape, dtype, quantization: q }: Spec, bytes: Uint8Array<ArrayBuffer>): Float32Array {
  if (q === undefined) {
    if (dtype === 'float32') return new Float32Array(bytes.buffer);
    return Float32Array.from(dtype === 'int32' ? new Int32Array(bytes.buffer) : bytes);
  }
  if (q.dtype === 'float16') return halves(name, [...shape], bytes);
  if (q.scale === undefined || q.min === undefined) {
    throw new ProblemError(
      `The weight "${name.slice(0, 80)}" is quantised, but its scale is missing.`,
      REMEDY,
    );
  }
  const { scale, min } = q;
  const codes = q.dtype === 'uint8' ? bytes : new Uint16Array(bytes.buffer);
  return Float32Array.from(codes, (code) => code * scale + min);
}

function halves(name: string, shape: number[], bytes: Uint8Array<ArrayBuffer>): Float32Array {
  const spec = { name, shape, dtype: 'float32' as const, quantization: { dtype: 'float16' as const } };
  const tensor = io.decodeWeights(bytes.buffer, [spec])[name];
  if (!tensor) throw new Error('Internal error: a weight that was not decoded');
  const values = tensor.dataSync<'float32'>().slice();
  tensor.dispose();
  return values;
}

const shown = ({ name }: Spec): string => name.slice(0, 80);

function joined(parts: readonly Uint8Array<ArrayBuffer>[]): Uint8Array<ArrayBuffer> {
  const [only] = parts;
  if (only && parts.length === 1) return only;
  const all = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}
