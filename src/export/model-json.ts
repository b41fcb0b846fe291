import type { io } from '@tensorflow/tfjs-core';
import { z } from 'zod';
import { ProblemError } from '../lib/problem.ts';
import { checkTopology } from '../model/standard-classes.ts';

export const WEIGHTS_FILE = 'weights.bin';
const BYTES_PER_WEIGHT = 4; // float32, the only type written here

const modelJsonSchema = z.object({
  format: z.literal('layers-model'),
  generatedBy: z.string().optional(),
  modelTopology: z.record(z.string(), z.unknown()),
  weightsManifest: z
    .array(
      z.object({
        paths: z.array(z.string().max(255)).min(1).max(60),
        weights: z
          .array(
            z.object({
              name: z.string().max(1000),
              shape: z.array(z.int().min(0).max(100_000_000)).max(8),
              dtype: z.literal('float32'),
              quantization: z.undefined().optional(),
            }),
          )
          .max(20_000),
      }),
    )
    .min(1)
    .max(60),
});
type ModelJson = z.infer<typeof modelJsonSchema>;

interface ModelFiles {
  readonly modelJson: string;
  readonly weights: ArrayBuffer;
  /** What is in the weights, as the model's JSON says. */
  readonly weightSpecs: readonly io.WeightsManifestEntry[];
}

/** The two files of a TensorFlow.js Layers model, from what `model.save` hands over. */
export function toModelFiles(artifacts: io.ModelArtifacts): ModelFiles {
  const { modelTopology, weightSpecs, weightData } = artifacts;
  if (modelTopology === undefined || weightSpecs === undefined || weightData === undefined) {
    throw new Error('Internal error: the saved model lacks its topology or its weights');
  }
  checkTopology(modelTopology);
  const modelJson = {
    format: 'layers-model',
    generatedBy: artifacts.generatedBy,
    convertedBy: null,
    modelTopology,
    weightsManifest: [{ paths: [WEIGHTS_FILE], weights: weightSpecs }],
  };
  return { modelJson: JSON.stringify(modelJson), weights: joined(weightData), weightSpecs };
}

/**
 * The same read back, from anywhere.
 *
 * @param files the files of the archive by name
 * @param known classes of layers that may be in it besides those of TensorFlow.js
 * @throws ProblemError when the description is not valid, a weights file is missing, or its length is wrong
 */
export function fromModelFiles(
  modelJson: unknown,
  files: ReadonlyMap<string, Uint8Array<ArrayBuffer>>,
  known: readonly string[] = [],
): io.ModelArtifacts {
  const parsed = modelJsonSchema.safeParse(modelJson);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    const where = issue?.path.map(String).join('.') || 'the whole';
    throw damaged(`The model.json is not that of a TensorFlow.js Layers model: ${where}: ${issue?.message}.`);
  }
  checkTopology(parsed.data.modelTopology, known);
  const weightSpecs = parsed.data.weightsManifest.flatMap((group) =>
    group.weights.map(({ name, shape, dtype }) => ({ name, shape, dtype })),
  );
  return {
    format: 'layers-model',
    modelTopology: parsed.data.modelTopology,
    weightSpecs,
    weightData: joined(parsed.data.weightsManifest.map((group) => groupData(group, files))),
  };
}

function groupData(
  group: ModelJson['weightsManifest'][number],
  files: ReadonlyMap<string, Uint8Array<ArrayBuffer>>,
): ArrayBuffer {
  const parts = group.paths.map((path) => {
    const data = files.get(path);
    if (data === undefined) throw damaged(`The zip lacks the weights file "${path.slice(0, 80)}".`);
    return data.buffer;
  });
  const data = joined(parts);
  const expected = group.weights.reduce(
    (sum, { shape }) => sum + shape.reduce((product, size) => product * size, BYTES_PER_WEIGHT),
    0,
  );
  if (data.byteLength !== expected) {
    throw damaged(`The weights have ${data.byteLength} bytes where the model needs ${expected}.`);
  }
  return data;
}

function joined(data: ArrayBuffer | readonly ArrayBuffer[]): ArrayBuffer {
  if (data instanceof ArrayBuffer) return data;
  const [only] = data;
  if (only !== undefined && data.length === 1) return only;
  const whole = new Uint8Array(data.reduce((sum, part) => sum + part.byteLength, 0));
  let offset = 0;
  for (const part of data) {
    whole.set(new Uint8Array(part), offset);
    offset += part.byteLength;
  }
  return whole.buffer;
}

function damaged(what: string): ProblemError {
  return new ProblemError(what, 'The file is damaged or incomplete: download the model again.');
}
