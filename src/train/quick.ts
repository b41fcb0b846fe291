import * as tf from '@tensorflow/tfjs-core';
import { featureBatch } from '../dataset/batch.ts';
import { decodeFaces } from '../dataset/face-store.ts';
import { normaliseRows } from '../engine/ops/normalise-rows.ts';
import { assert } from '../lib/assert.ts';
import type { Random } from '../lib/random.ts';
import {
  adoptHead,
  disposeBackbone,
  loadPretrainedMobileFaceNet,
} from '../model/backbones/pretrained-mobilefacenet.ts';
import { extractBoth, inputEdge, type Rows } from '../model/embed.ts';
import { meanCentres } from '../model/head.ts';
import { createHead } from '../model/heads/index.ts';
import { loadWeights } from './checkpoint.ts';
import { drawnClasses } from './drawn.ts';
import { disposeLearner } from './learner.ts';
import type { Build, Decided, Labelled, OnPreparing, Task } from './task.ts';

/** Faces that go through the frozen network at once. */
const EXTRACTION_BATCH = 16;
const EVALUATION_LIMIT = 2000;

/**
 * Quick: the pretrained network is frozen up to its embedding layer. Its features are computed once for each
 * face and its mirror image; what learns is the embedding layer, from the pretrained one, and the class
 * centres, from the mean embedding of each class.
 */
export async function prepareQuick(
  blobs: readonly Blob[],
  training: Labelled,
  { config, scale }: Decided,
  random: Random,
  signal: AbortSignal,
  onPreparing: OnPreparing,
): Promise<Task> {
  const backbone = await loadPretrainedMobileFaceNet();
  const edge = inputEdge(backbone.whole);
  const size = backbone.featureSize;
  let features: Float32Array;
  try {
    const pictures = await decodeFaces(blobs, edge, signal, (done, total) =>
      onPreparing('Reading the faces', done, total),
    );
    const rows = await extractBoth(backbone.trunk, pictures, {
      batchSize: EXTRACTION_BATCH,
      signal,
      onProgress: (done, total) => onPreparing('Computing the features of each face', done, total),
    });
    assert(blobs.length === 0 || rows.dimension === 2 * size, 'features of each face and its mirror image');
    features = rows.values; // [N, 2, size]
  } catch (thrown) {
    disposeBackbone(backbone);
    throw thrown;
  }
  const network = backbone.head;

  const embed = async (faces: readonly number[]): Promise<Rows> => {
    const dimension = backbone.embeddingSize;
    if (faces.length === 0) return { values: new Float32Array(0), dimension };
    const both = new Float32Array(faces.length * 2 * size);
    faces.forEach((face, row) => {
      both.set(features.subarray(face * 2 * size, (face + 1) * 2 * size), row * 2 * size);
    });
    const rows = tf.tidy(() => {
      const input = tf.tensor2d(both, [faces.length * 2, size]);
      const output = network.apply(input, { training: false }) as tf.Tensor2D; // [2N,D]
      return normaliseRows(tf.sum(tf.reshape(output, [faces.length, 2, dimension]), 1) as tf.Tensor2D);
    });
    const values = await rows.data<'float32'>();
    rows.dispose();
    return { values, dimension };
  };

  const start = await embed(training.faces);
  const { dimension } = start;
  const centres = meanCentres(start.values, dimension, training.labels, training.classes);
  const begin = { centres, dimension, scale, drawn: drawnClasses(config, training.classes) };
  const learner = { network, ...createHead(config.margin, begin, random.fork('head')) };
  backbone.whole.dispose(); // its job, the features, is done
  const mirrors = random.fork('mirror');
  return {
    learner,
    classes: training.classes,
    dimension,
    evaluationLimit: EVALUATION_LIMIT,
    inputSize: edge,
    inputs: (faces) =>
      tf.tensor2d(featureBatch(features, size, faces, config.augment.mirror, mirrors), [faces.length, size]),
    embed,
    build: buildWhole,
    dispose: () => disposeLearner(learner),
  };
}

const buildWhole: Build = async (weights) => {
  const fresh = await loadPretrainedMobileFaceNet();
  loadWeights(fresh.head, weights);
  adoptHead(fresh);
  fresh.head.dispose();
  return fresh.whole;
};
