/**
 * The sequential way: backbone, head, softmax in one row. A Sequential has no second input for labels, so they go along as
 * a call argument, which a model hands on to all its layers.
 *
 *   npx tsx docs/examples/run.ts sequential
 */
import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import * as tfl from '@tensorflow/tfjs-layers';
import { ArcFace } from 'arcface-studio/layer';
import {
  accuracyOf,
  backboneLayers,
  embedderOf,
  type Outcome,
  savedAndLoaded,
  similarities,
} from './backbone.ts';
import { CLASSES, drawPictures } from './data.ts';

const BATCH = 25;

/** @returns the loss of each step */
function train(model: tfl.LayersModel, epochs: number): number[] {
  const losses: number[] = [];
  const { images, labels, oneHot } = drawPictures(30, 1);
  const weights = model.trainableWeights.map((weight) => weight.read() as tf.Variable);
  const adam = tf.train.adam(0.003);
  for (let step = 0; step < (epochs * images.shape[0]) / BATCH; step++) {
    const at = (step * BATCH) % images.shape[0];
    const loss = adam.minimize(
      () => {
        const x = tf.slice(images, [at, 0, 0, 0], [BATCH, -1, -1, -1]);
        // The margin is on the class that the labels name; without them this would be a prediction.
        const probabilities = model.apply(x, {
          training: true,
          labels: tf.slice(labels, [at], [BATCH]),
        }) as tf.Tensor2D; // [B,K]
        const y = tf.slice(oneHot, [at, 0], [BATCH, -1]);
        return tf.neg(tf.mean(tf.sum(tf.mul(tf.log(tf.maximum(probabilities, 1e-12)), y), 1))) as tf.Scalar;
      },
      true,
      weights,
    );
    if (loss) losses.push(...loss.dataSync());
    loss?.dispose();
  }
  adam.dispose();
  tf.dispose([images, labels, oneHot]);
  return losses;
}

export async function run(): Promise<Outcome> {
  const fresh = drawPictures(20, 2);
  const model = tfl.sequential({
    layers: [
      ...backboneLayers(),
      new ArcFace({ units: CLASSES, scale: 16, margin: { kind: 'sphereface', m1: 1.3 }, seed: 3 }),
      tfl.layers.softmax(),
    ],
  });
  const losses = train(model, 8);
  const accuracy = accuracyOf(model, fresh);
  const loaded = await savedAndLoaded(model);
  const accuracyAfterReload = accuracyOf(loaded, fresh);
  train(loaded, 3);
  const [same, different] = similarities(embedderOf(loaded), fresh);
  return {
    losses,
    accuracy,
    accuracyAfterReload,
    accuracyAfterMore: accuracyOf(loaded, fresh),
    same,
    different,
  };
}
