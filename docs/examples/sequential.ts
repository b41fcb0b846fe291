/**
 * The sequential way: backbone, head, softmax in one row. A Sequential has no second input for labels, so they go along as
 * a call argument, which a model hands on to all its layers.
 *
 *   npx tsx docs/examples/sequential.ts
 */
import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import * as tfl from '@tensorflow/tfjs-layers';
import { ArcFace } from '../../src/library/layer.ts';
import {
  accuracyOf,
  backboneLayers,
  embedderOf,
  type Outcome,
  savedAndLoaded,
  similarities,
  tell,
} from './backbone.ts';
import { CLASSES, drawPictures } from './data.ts';

const BATCH = 25;

function train(model: tfl.LayersModel, epochs: number): void {
  const { images, labels, oneHot } = drawPictures(30, 1);
  const weights = model.trainableWeights.map((weight) => weight.read() as tf.Variable);
  const adam = tf.train.adam(0.003);
  for (let step = 0; step < (epochs * images.shape[0]) / BATCH; step++) {
    const at = (step * BATCH) % images.shape[0];
    adam.minimize(
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
      false,
      weights,
    );
  }
  adam.dispose();
  tf.dispose([images, labels, oneHot]);
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
  train(model, 12);
  const accuracy = accuracyOf(model, fresh);
  const loaded = await savedAndLoaded(model);
  const accuracyAfterReload = accuracyOf(loaded, fresh);
  train(loaded, 6);
  const [same, different] = similarities(embedderOf(loaded), fresh);
  return { accuracy, accuracyAfterReload, accuracyAfterMore: accuracyOf(loaded, fresh), same, different };
}

if (process.argv[1] === import.meta.filename) tell('sequential', await run());
