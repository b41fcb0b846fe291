import * as tf from '@tensorflow/tfjs-core';
import type { BackboneConfig, TrainingConfig } from '../config/training-config.ts';
import { pictureBatch } from '../dataset/batch.ts';
import { decodeFaces } from '../dataset/face-store.ts';
import { present } from '../lib/assert.ts';
import type { Random } from '../lib/random.ts';
import { createBackbone } from '../model/backbones/index.ts';
import { embedFaces } from '../model/embed.ts';
import { randomCentres } from '../model/head.ts';
import { PIXEL_MEAN, PIXEL_SCALE } from '../model/preprocess.ts';
import { loadWeights } from './checkpoint.ts';
import { disposeLearner } from './learner.ts';
import type { OnPreparing, Task } from './task.ts';

const EVALUATION_BATCH = 32;
/** A forward pass of a whole network is slow without a graphics card, and there is one after every epoch. */
const EVALUATION_LIMIT = 256;

/** From scratch: every weight of the network and the centres start at random and learn from pictures. */
export async function prepareScratch(
  blobs: readonly Blob[],
  classes: number,
  config: TrainingConfig,
  backbone: Exclude<BackboneConfig, { kind: 'pretrained-mobilefacenet' }>,
  random: Random,
  signal: AbortSignal,
  onPreparing: OnPreparing,
): Promise<Task> {
  const { inputSize: edge, embeddingSize } = backbone;
  const pictures = await decodeFaces(blobs, edge, signal, (done, total) =>
    onPreparing('Reading the faces', done, total),
  );
  const initial = randomCentres(classes, embeddingSize, random.fork('centres'));
  const learner = {
    network: createBackbone(backbone, random.fork('network')),
    centres: tf.tidy(() => tf.variable<tf.Rank.R2>(tf.tensor2d(initial, [classes, embeddingSize]))),
  };
  const pick = (faces: readonly number[]): Uint8Array[] =>
    faces.map((face) => present(pictures[face], 'a face'));
  const augmentations = random.fork('augment');
  const range = { mean: PIXEL_MEAN, scale: PIXEL_SCALE };
  return {
    learner,
    evaluationLimit: EVALUATION_LIMIT,
    inputSize: edge,
    inputs: (faces) =>
      tf.tensor4d(pictureBatch(pick(faces), edge, config.augment, range, augmentations), [
        faces.length,
        edge,
        edge,
        3,
      ]),
    embed: (faces, abort) =>
      embedFaces(learner.network, pick(faces), { flip: true, batchSize: EVALUATION_BATCH, signal: abort }),
    build: async (weights) => {
      const fresh = createBackbone(backbone, random.fork('network'));
      loadWeights(fresh, weights);
      return fresh;
    },
    dispose: () => disposeLearner(learner),
  };
}
