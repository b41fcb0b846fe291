import * as tf from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { rangeOf } from '../../config/backbone.ts';
import type { ModelFile } from '../../domain/model-file.ts';
import type { TrainReport } from '../../domain/training-report.ts';
import { type ArchiveFile, writeArchive } from '../../lib/archive.ts';
import { assert, present } from '../../lib/assert.ts';
import type { PixelRange } from '../../lib/pixel-range.ts';
import { ProblemError, throwIfAborted } from '../../lib/problem.ts';
import { buildManifest } from '../build-manifest.ts';
import { loadModelZip } from '../load.ts';
import { toModelFiles, WEIGHTS_FILE } from '../model-json.ts';
import { writeReadme } from '../readme.ts';

export interface ExportInput {
  /** Embedding only: [B, S, S, 3], bytes scaled as the backbone of the report's configuration says, to the raw embedding [B, D]. */
  readonly model: LayersModel;
  readonly report: TrainReport;
  /** Class k of the training, with its centre: D numbers of length 1. */
  readonly people: readonly { readonly name: string; readonly centre: ArrayLike<number> }[];
  /** At least one face, [F, S, S, 3], scaled as the network takes it; the file is checked with these. */
  readonly sampleFaces: tf.Tensor4D;
  /** What the person calls the model. */
  readonly name: string;
  /** Defaults to now. */
  readonly created?: Date;
}

/** Embeddings of length 1 may differ by this much in any number between the model and its file. */
const MAX_DIFFERENCE = 1e-5;

/**
 * Writes the model as a .zip: `model.json`, `weights.bin`, `manifest.json`, `README.md`. Then opens that zip as a
 * stranger would and compares the embeddings of the sample faces. The input stays the caller's.
 *
 * @throws ProblemError when the file does not give the same embeddings to 1e-5; CancelledError
 */
export async function exportTfjs(input: ExportInput, signal: AbortSignal): Promise<ModelFile> {
  throwIfAborted(signal);
  const { inputSize, embeddingSize } = sizesOf(input.model);
  const created = input.created ?? new Date();
  const selfTest = await embedSelfTest(input.model, inputSize, rangeOf(input.report.config.backbone));
  const manifest = buildManifest({ ...input, inputSize, embeddingSize, created, selfTest });
  const { modelJson, weights } = await save(input.model);
  throwIfAborted(signal);
  const file = await writeArchive(
    [
      text('README.md', writeReadme(manifest)),
      text('manifest.json', JSON.stringify(manifest, null, 1)),
      text('model.json', modelJson),
      { name: WEIGHTS_FILE, data: new Uint8Array(weights) },
    ],
    created,
  );
  throwIfAborted(signal);
  const check = await compareWithFile(input, file);
  throwIfAborted(signal);
  return { name: `${fileName(input.name)}.zip`, file, check };
}

/** What may be a file's name everywhere: letters and digits of any script, '.', '-', '_', at most 60. */
export function fileName(name: string): string {
  const plain = name
    .normalize('NFC')
    .replace(/[^\p{L}\p{M}\p{N}._-]+/gu, '-')
    .replace(/^[-.]+/, '');
  const short = [...plain]
    .slice(0, 60)
    .join('')
    .replace(/[-.]+$/, '');
  return short === '' || /^(con|prn|aux|nul|com\d|lpt\d)(\.|$)/i.test(short) ? 'model' : short;
}

/** Raw embedding of the picture that the manifest describes by {@link SELF_TEST_PICTURE}. */
async function embedSelfTest(
  model: LayersModel,
  size: number,
  { mean, divisor }: PixelRange,
): Promise<number[]> {
  const output = tf.tidy(() => {
    const bytes = Float32Array.from({ length: size * size * 3 }, (_, i) => {
      const [y, x, c] = [Math.floor(i / (3 * size)), Math.floor(i / 3) % size, i % 3];
      return (((7 * y + 13 * x + 29 * c) % 256) - (mean[c] ?? 0)) / (divisor[c] ?? 1);
    });
    return model.apply(tf.tensor4d(bytes, [1, size, size, 3]), { training: false }) as tf.Tensor2D; // as in embed
  });
  try {
    const values = [...(await output.data<'float32'>())];
    if (values.every(Number.isFinite)) return values;
    throw new ProblemError(
      'The network gives no numbers for a test picture, so it is broken; its file is not offered.',
      'Train anew with a smaller learning rate.',
    );
  } finally {
    output.dispose();
  }
}

async function compareWithFile(input: ExportInput, file: Blob): Promise<ModelFile['check']> {
  const faces = present(input.sampleFaces.shape[0], 'number of sample faces');
  assert(faces >= 1, 'at least one face to check the file with');
  const { model } = await loadModelZip(file);
  try {
    const maxDifference = largestDifference(
      await embed(input.model, input.sampleFaces),
      await embed(model, input.sampleFaces),
    );
    // Written so that NaN, too, is a failure.
    if (!(maxDifference <= MAX_DIFFERENCE)) {
      throw new ProblemError(
        `The model's file was loaded again as a check, and its embeddings differ by ${maxDifference}; the file is not offered.`,
        'Try the download again; if it fails again, choose another backend and train anew.',
      );
    }
    return { faces, maxDifference };
  } finally {
    model.dispose();
  }
}

/** Embeddings of length 1, without flip averaging: [F, D] row by row. */
async function embed(model: LayersModel, faces: tf.Tensor4D): Promise<Float32Array> {
  const embeddings = tf.tidy(() => {
    const raw = model.apply(faces, { training: false }) as tf.Tensor2D; // one tensor in, one out
    return tf.div(raw, tf.norm(raw, 'euclidean', 1, true));
  });
  try {
    return await embeddings.data<'float32'>();
  } finally {
    embeddings.dispose();
  }
}

/** NaN when any number of either is NaN. */
function largestDifference(a: Float32Array, b: Float32Array): number {
  return a.reduce((most, value, i) => Math.max(most, Math.abs(value - present(b[i], 'number'))), 0);
}

async function save(model: LayersModel): Promise<{ modelJson: string; weights: ArrayBuffer }> {
  let files: ReturnType<typeof toModelFiles> | null = null;
  await model.save(
    tf.io.withSaveHandler(async (artifacts) => {
      files = toModelFiles(artifacts);
      return { modelArtifactsInfo: { dateSaved: new Date(), modelTopologyType: 'JSON' } };
    }),
  );
  return present<ReturnType<typeof toModelFiles>>(files, 'the saved model');
}

function sizesOf(model: LayersModel): { inputSize: number; embeddingSize: number } {
  const [, height, width, channels] = present(model.inputs[0], 'the input').shape;
  const output = present(model.outputs[0], 'the output').shape;
  const embeddingSize = output[1];
  assert(typeof height === 'number' && height === width && channels === 3, 'an input of [B, S, S, 3]');
  assert(typeof embeddingSize === 'number' && output.length === 2, 'an output of [B, D]');
  return { inputSize: height, embeddingSize };
}

function text(name: string, content: string): ArchiveFile {
  return { name, data: new TextEncoder().encode(content) };
}
