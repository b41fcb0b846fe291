import type * as tf from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { rangeOf } from '../config/backbone.ts';
import type { ModelFile } from '../domain/export/model-file.ts';
import type { OperatingPointName } from '../domain/operating-point.ts';
import type { TrainReport } from '../domain/training-report.ts';
import type { ImpostorScores } from '../domain/verification.ts';
import { assert, present } from '../lib/assert.ts';
import type { Channels } from '../lib/pixel-range.ts';
import { throwIfAborted } from '../lib/problem.ts';
import { buildManifest, type Person } from './build-manifest.ts';
import { embedSelfTest } from './check/self-test.ts';
import { writeChecked } from './check/write-checked.ts';
import type { ExportFormat } from './formats/format.ts';
import type { Manifest } from './manifest.ts';
import { withStoredWeights } from './precision/with-precision.ts';

export interface ExportInput {
  readonly format: ExportFormat;
  /** Embedding only: [B, S, S, 3] or [B, S, S, 1], bytes scaled as the backbone of the report's configuration says, to the raw embedding [B, D]. */
  readonly model: LayersModel;
  readonly report: TrainReport;
  /** How the threshold is chosen. */
  readonly operatingPoint: OperatingPointName;
  /** Class k of the training, with its centre. */
  readonly people: readonly Person[];
  /** People held out of it, each with the mean of the embeddings; nobody if not given. */
  readonly enrolled?: readonly Person[];
  /** Of their faces and the centres; null, too, if not given. */
  readonly impostors?: ImpostorScores | null;
  /** At least one face, [F, S, S, C], scaled as the network takes it; the file is checked with these. */
  readonly sampleFaces: tf.Tensor4D;
  /** What the person calls the model. */
  readonly name: string;
  /** How the weights are stored; as 32-bit floats if not given. */
  readonly weights?: Manifest['weights'];
  /** Defaults to now. */
  readonly created?: Date;
}

/**
 * Writes the model in a format, then loads that file as its user would and compares the embeddings of the sample faces.
 * The input stays the caller's.
 *
 * @throws ProblemError when the file does not give the same embeddings, to the format's tolerance, or there are too few
 * pairs for the operating point; CancelledError
 */
export async function exportModel(input: ExportInput, signal: AbortSignal): Promise<ModelFile> {
  throwIfAborted(signal);
  const { format, sampleFaces, name } = input;
  const { inputSize, channels, embeddingSize } = sizesOf(input.model);
  const created = input.created ?? new Date();
  return withStoredWeights(input.model, input.weights?.precision ?? 'float32', async (model) => {
    const range = rangeOf(input.report.config.backbone);
    const selfTest = await embedSelfTest(model, { size: inputSize, channels, range });
    const manifest = buildManifest({ ...input, inputSize, channels, embeddingSize, created, selfTest });
    return writeChecked({ format, model, manifest, created, sampleFaces, name }, signal);
  });
}

function sizesOf(model: LayersModel): { inputSize: number; channels: Channels; embeddingSize: number } {
  const [, height, width, channels] = present(model.inputs[0], 'the input').shape;
  const output = present(model.outputs[0], 'the output').shape;
  const embeddingSize = output[1];
  assert(typeof height === 'number' && height === width, 'an input of [B, S, S, C]');
  assert(channels === 3 || channels === 1, 'three channels or one');
  assert(typeof embeddingSize === 'number' && output.length === 2, 'an output of [B, D]');
  return { inputSize: height, channels, embeddingSize };
}
