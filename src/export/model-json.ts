import type { io } from '@tensorflow/tfjs-core';
import { version_layers as libraryVersion } from '@tensorflow/tfjs-layers';
import { z } from 'zod';
import type { WeightPrecision } from '../domain/export/weight-precision.ts';
import { ProblemError } from '../lib/problem.ts';
import { unreachable } from '../lib/unreachable.ts';
import { readWeights, weightsManifestSchema } from '../model/custom-model/weights.ts';
import { checkTopology } from '../model/standard-classes.ts';
import { type Stored, storedAs } from './precision/stored-as.ts';
import type { SavedNetwork } from './saved-network.ts';

export const WEIGHTS_FILE = 'weights.bin';
/** What TensorFlow.js, which has no int8 here, stores 0 as. */
const UINT8_ZERO = 128;

const modelJsonSchema = z.object({
  format: z.literal('layers-model'),
  generatedBy: z.string().optional(),
  modelTopology: z.record(z.string(), z.unknown()),
  weightsManifest: weightsManifestSchema,
});

export interface ModelFiles {
  readonly modelJson: string;
  readonly weights: Blob;
  /** What is in the weights, as the model's JSON says. */
  readonly weightSpecs: readonly io.WeightsManifestEntry[];
}

/** The two files of a TensorFlow.js Layers model. */
export function toModelFiles(
  { topology, weights }: SavedNetwork,
  precision: WeightPrecision = 'float32',
): ModelFiles {
  checkTopology(topology);
  const stored = [...weights].map(([name, { shape, values }]) => ({
    name,
    shape,
    stored: storedAs(values, precision),
  }));
  const weightSpecs = stored.map(
    ({ name, shape, stored: { type } }): io.WeightsManifestEntry => ({
      name,
      shape: [...shape],
      dtype: 'float32',
      ...quantization(type),
    }),
  );
  const modelJson = {
    format: 'layers-model',
    generatedBy: `TensorFlow.js tfjs-layers v${libraryVersion}`,
    convertedBy: null,
    modelTopology: topology,
    weightsManifest: [{ paths: [WEIGHTS_FILE], weights: weightSpecs }],
  };
  return {
    modelJson: JSON.stringify(modelJson),
    weights: new Blob(stored.map(({ stored: one }) => bytesOf(one))),
    weightSpecs,
  };
}

/** How the manifest of the weights tells the library to read them: value = number * scale + min. */
function quantization(type: Stored['type']): Pick<io.WeightsManifestEntry, 'quantization'> {
  switch (type) {
    case 'float32':
      return {};
    case 'float16':
      return { quantization: { dtype: 'float16' } };
    case 'int8':
      return { quantization: { dtype: 'uint8', scale: 1, min: -UINT8_ZERO } };
    default:
      return unreachable(type);
  }
}

function bytesOf(stored: Stored): ArrayBuffer {
  switch (stored.type) {
    case 'float32':
      return stored.values.slice().buffer;
    case 'float16':
      return stored.halves.buffer;
    case 'int8':
      return Uint8Array.from(stored.values, (value) => value + UINT8_ZERO).buffer;
    default:
      return unreachable(stored);
  }
}

/**
 * The same read back, from anywhere.
 *
 * @param files the files of the archive by name
 * @param known classes of layers that may be in it besides those of TensorFlow.js
 * @throws ProblemError when the description is not valid, a weights file is missing, its length is wrong, or a weight is not finite
 */
export function fromModelFiles(
  modelJson: unknown,
  files: ReadonlyMap<string, Uint8Array<ArrayBuffer>>,
  known: readonly string[] = [],
): SavedNetwork {
  const parsed = modelJsonSchema.safeParse(modelJson);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    const where = issue?.path.map(String).join('.') || 'the whole';
    throw damaged(`The model.json is not that of a TensorFlow.js Layers model: ${where}: ${issue?.message}.`);
  }
  const { modelTopology, weightsManifest } = parsed.data;
  checkTopology(modelTopology, known);
  const missing = weightsManifest.flatMap(({ paths }) => paths).find((path) => !files.has(path));
  if (missing !== undefined) throw damaged(`The zip lacks the weights file "${missing.slice(0, 80)}".`);
  return { topology: modelTopology, weights: readWeights(weightsManifest, files) };
}

function damaged(what: string): ProblemError {
  return new ProblemError(what, 'The file is damaged or incomplete: download the model again.');
}
