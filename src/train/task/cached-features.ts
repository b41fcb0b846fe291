import * as tf from '@tensorflow/tfjs-core';
import { rangeOf } from '../../config/backbone.ts';
import { featureBatch } from '../../dataset/batch.ts';
import { decodeFaces } from '../../dataset/face-store.ts';
import { normaliseRows } from '../../engine/ops/normalise-rows.ts';
import { assert } from '../../lib/assert.ts';
import { ProblemError } from '../../lib/problem.ts';
import { adoptHead, disposeBackbone, type SplitBackbone } from '../../model/backbones/pretrained.ts';
import { extractBoth, inputEdge, type Rows } from '../../model/embed.ts';
import { meanCentres } from '../../model/heads/centres.ts';
import { loadWeights } from '../step/checkpoint.ts';
import { createLearner, disposeLearner } from '../step/learner.ts';
import { sampledClassCount } from '../step/sampled-classes.ts';
import { scaleFromStandardised, scaleToStandardised, standardise } from './recentre-embedding.ts';
import type { Task, TaskInput } from './task.ts';

/** Faces that go through the frozen network at once. */
const EXTRACTION_BATCH = 16;

/** Most numbers of features that are kept: 1 GB. */
const MAX_CACHED = 268_435_456;
/** Most numbers of features in one forward pass when faces are measured. */
const EMBEDDED_AT_ONCE = 4_194_304;

/** Loads a network in two parts; called again for every download. */
export type LoadSplit = () => Promise<SplitBackbone>;

/**
 * A network is frozen up to a layer (of the pretrained ones, that in front of the embedding layer). Its features are
 * computed once for each face and its mirror image; trained are the rest of the network, from the weights that it has,
 * and the class centres, from the mean embedding of each class.
 */
export async function createCachedFeaturesTask(
  load: LoadSplit,
  { images, training, config, scale, random, signal, onPreparing }: TaskInput,
): Promise<Task> {
  const backbone = await load();
  const edge = inputEdge(backbone.whole);
  const size = backbone.featureSize;
  let features: Float32Array;
  try {
    checkMemory(images.length * 2 * size);
    const pixels = await decodeFaces(images, edge, signal, (done, total) =>
      onPreparing('Reading the faces', done, total),
    );
    const rows = await extractBoth(backbone.trunk, pixels, {
      batchSize: EXTRACTION_BATCH,
      signal,
      range: rangeOf(config.backbone),
      onProgress: (done, total) => onPreparing('Computing the features of each face', done, total),
    });
    assert(images.length === 0 || rows.dimension === 2 * size, 'features of each face and its mirror image');
    features = rows.values; // [N, 2, size]
  } catch (thrown) {
    disposeBackbone(backbone);
    throw thrown;
  }
  const network = backbone.head;
  const standard = backbone.distances ? standardise(features, size, training.faces) : null;
  if (standard) await scaleToStandardised(network, standard);

  const dimension = backbone.embeddingSize;
  const shaped = (rows: tf.Tensor2D): tf.Tensor =>
    tf.reshape(rows, [rows.shape[0], ...backbone.featureShape]);
  const atOnce = Math.max(1, Math.floor(EMBEDDED_AT_ONCE / (2 * size)));
  const embed = async (faces: readonly number[]): Promise<Rows> => {
    const values = new Float32Array(faces.length * dimension);
    for (let begin = 0; begin < faces.length; begin += atOnce) {
      values.set(await embedSome(faces.slice(begin, begin + atOnce)), begin * dimension);
    }
    return { values, dimension };
  };
  const embedSome = async (faces: readonly number[]): Promise<Float32Array> => {
    const both = new Float32Array(faces.length * 2 * size);
    faces.forEach((face, row) => {
      both.set(features.subarray(face * 2 * size, (face + 1) * 2 * size), row * 2 * size);
    });
    const rows = tf.tidy(() => {
      const input = shaped(tf.tensor2d(both, [faces.length * 2, size]));
      const output = network.apply(input, { training: false }) as tf.Tensor2D; // [2N,D]
      return normaliseRows(tf.sum(tf.reshape(output, [faces.length, 2, dimension]), 1) as tf.Tensor2D);
    });
    const values = await rows.data<'float32'>();
    rows.dispose();
    return values;
  };

  const start = await embed(training.faces);
  const centres = meanCentres(start.values, dimension, training.labels, training.classes);
  const sampledClasses = sampledClassCount(config, training.classes);
  const learner = createLearner(network, config, { centres, scale, random, sampledClasses });
  backbone.whole.dispose(); // only its features were needed
  const mirrors = random.fork('mirror');
  return {
    learner,
    classes: training.classes,
    dimension,
    trainingCost: null,
    inputSize: edge,
    inputs: (faces) =>
      tf.tensor(featureBatch(features, size, faces, config.augment.mirror, mirrors), [
        faces.length,
        ...backbone.featureShape,
      ]),
    embed,
    build: async (weights) => {
      const fresh = await load();
      loadWeights(fresh.head, weights);
      if (standard) await scaleFromStandardised(fresh.head, standard);
      adoptHead(fresh);
      fresh.head.dispose();
      return fresh.whole;
    },
    dispose: () => disposeLearner(learner),
  };
}

function checkMemory(numbers: number): void {
  if (numbers <= MAX_CACHED) return;
  throw new ProblemError(
    `The features of all faces behind that layer would take ${((numbers * 4) / 2 ** 30).toFixed(1)} GB.`,
    'Freeze the network up to a later layer, whose output is smaller, or choose Fine-tune.',
  );
}
