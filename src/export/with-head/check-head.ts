import * as tf from '@tensorflow/tfjs-core';
import * as tfl from '@tensorflow/tfjs-layers';
import { present } from '../../lib/assert.ts';
import { ProblemError } from '../../lib/problem.ts';
import { createRandom } from '../../lib/random.ts';
import { ArcFace } from '../../library/layer.ts';
import { disposeHead, headOf } from '../../model/heads/create-head.ts';
import { lossOf } from '../../model/heads/head.ts';
import { openNetwork, readJson } from '../load.ts';
import type { Manifest } from '../manifest.ts';
import { fromModelFiles } from '../model-json.ts';
import { rawEmbeddings } from '../raw-embeddings.ts';
import { HEAD_MODEL_FILE } from './head-files.ts';
import { headMarginOf } from './head-margin.ts';

/** Of cosines, and of a loss as a share of it. */
const TOLERANCE = 1e-4;
const REMEDY = 'Download it again; if it fails again, download it without the head.';

interface Whole {
  readonly model: tfl.LayersModel;
  /** The part that gives embeddings; it goes with the model. */
  readonly backbone: tfl.LayersModel;
  readonly head: ArcFace;
}

/**
 * Opens the whole model of a download, which may be damaged. The caller disposes of `model`.
 *
 * @throws ProblemError where a file is missing or is not what the manifest says
 */
export async function openWithHead(
  files: ReadonlyMap<string, Uint8Array<ArrayBuffer>>,
  manifest: Manifest,
): Promise<Whole> {
  const artifacts = fromModelFiles(readJson(files, HEAD_MODEL_FILE), files, [ArcFace.className]);
  const model = await openNetwork(artifacts);
  try {
    const head = model.layers.at(-1);
    if (!(head instanceof ArcFace)) {
      throw new ProblemError(`${HEAD_MODEL_FILE} does not end in an ArcFace layer.`, REMEDY);
    }
    const [face] = model.inputs;
    const [embeddings] = Array.isArray(head.input) ? head.input : [head.input];
    const [logits] = model.outputs;
    if (!face || !embeddings || !logits) throw new Error('Internal error: a model without input or output');
    const [classes, size] = [logits.shape[1], embeddings.shape[1]];
    const { people, embedding } = manifest;
    if (model.outputs.length > 1 || classes !== people.length || size !== embedding.size) {
      throw new ProblemError(
        `The head in the zip tells ${classes} people apart by ${size} numbers, but its manifest names ${people.length} people and says ${embedding.size} numbers.`,
        REMEDY,
      );
    }
    return { model, backbone: tfl.model({ inputs: face, outputs: embeddings }), head };
  } catch (thrown) {
    model.dispose();
    throw thrown;
  }
}

/**
 * Compares the whole model of a download with what is known without it: its logits with scale * cosine to the centres of the
 * manifest, and its loss with that of this program's own head.
 *
 * @param embeddings of the faces by the plain backbone, [F, D], row by row
 * @param faces [F, S, S, C], as the network takes them
 * @throws ProblemError where they differ, or the files are damaged
 */
export async function checkHead(
  files: ReadonlyMap<string, Uint8Array<ArrayBuffer>>,
  manifest: Manifest,
  embeddings: Float32Array,
  faces: tf.Tensor4D,
): Promise<void> {
  const { model, backbone, head } = await openWithHead(files, manifest);
  try {
    const own = await rawEmbeddings(backbone, faces);
    const logits = await numbersOf(() => head.apply(matrix(own, manifest)) as tf.Tensor);
    const { value: scale } = manifest.scale;
    const differences = [];
    // The logits of SphereFace2 are a power of the cosine, and a bias; its loss is compared below.
    if (headMarginOf(manifest.training).kind !== 'sphereface2') {
      const expected = cosinesOf(embeddings, manifest);
      differences.push(...expected.map((cosine, i) => present(logits[i], 'a logit') / scale - cosine));
    }
    const count = faces.shape[0];
    const classes = Array.from({ length: count }, (_, i) => i % manifest.people.length);
    const [loss = Number.NaN] = await numbersOf(() =>
      head.loss(matrix(own, manifest), tf.tensor1d(classes, 'int32')),
    );
    const expected = await ownLoss(matrix(embeddings, manifest), classes, manifest);
    differences.push((loss - expected) / Math.max(1, expected));
    const largest = differences.reduce((most, one) => Math.max(most, Math.abs(one)), 0);
    // Written so that NaN, too, is a failure.
    if (largest <= TOLERANCE) return;
    throw new ProblemError(
      `The model was loaded again with its head as a check, and cosines or loss differ by ${largest}; the file is not offered.`,
      REMEDY,
    );
  } finally {
    model.dispose();
  }
}

const matrix = (values: Float32Array, { embedding: { size } }: Manifest): tf.Tensor2D =>
  tf.tensor2d(values, [values.length / size, size]);

/** The numbers of a tensor, and nothing left of what it was computed from. */
async function numbersOf(compute: () => tf.Tensor): Promise<Float32Array> {
  const tensor = tf.tidy(compute);
  try {
    return (await tensor.data<'float32'>()).slice();
  } finally {
    tensor.dispose();
  }
}

/** Cosine of each embedding to each class centre of a manifest, [F, K] row by row, in 64 bits. */
function cosinesOf(embeddings: Float32Array, { people, embedding: { size } }: Manifest): number[] {
  const length = (row: ArrayLike<number>): number =>
    Math.sqrt(Array.from(row).reduce((sum, value) => sum + value * value, 0)) || 1;
  const centreLengths = people.map(({ centre }) => length(centre));
  return Array.from({ length: embeddings.length / size }, (_, i) =>
    embeddings.subarray(i * size, (i + 1) * size),
  ).flatMap((row) => {
    const rowLength = length(row);
    return people.map(({ centre }, k) => {
      const dot = centre.reduce((sum, value, d) => sum + value * (row[d] ?? 0), 0);
      return dot / rowLength / present(centreLengths[k], 'the length of a centre');
    });
  });
}

/** The loss of this program's own head with the centres of a manifest. @param embeddings disposed of here */
async function ownLoss(
  embeddings: tf.Tensor2D,
  classes: readonly number[],
  manifest: Manifest,
): Promise<number> {
  const { people, scale, training, embedding } = manifest;
  const centres = tf.tidy(() =>
    tf.variable<tf.Rank.R2>(
      tf.tensor2d(Float32Array.from(people.flatMap(({ centre }) => centre)), [people.length, embedding.size]),
    ),
  );
  const head = headOf(headMarginOf(training), centres, scale.value, createRandom(training.seed), 1);
  try {
    const settings = { strength: 1, scale: scale.value, smoothing: 0 };
    const [loss = Number.NaN] = await numbersOf(
      () => lossOf(head, embeddings, tf.tensor1d([...classes], 'int32'), settings).loss,
    );
    return loss;
  } finally {
    embeddings.dispose();
    disposeHead(head);
  }
}
