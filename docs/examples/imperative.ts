/**
 * The imperative way: a loop over the variables of backbone and head, with tf.variableGrads.
 *
 *   npx tsx docs/examples/run.ts imperative
 */
import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import * as tfl from '@tensorflow/tfjs-layers';
import { ArcFace } from 'arcface-studio/layer';
import { accuracyOf, backboneLayers, type Outcome, savedAndLoaded, similarities } from './backbone.ts';
import { CLASSES, drawPictures } from './data.ts';

const RATE = 0.05;
const BATCH = 25;

/** Plain gradient descent. @returns the loss of each step */
function train(backbone: tfl.LayersModel, head: ArcFace, epochs: number): number[] {
  const losses: number[] = [];
  const { images, oneHot } = drawPictures(30, 1);
  const variables = [...backbone.trainableWeights, ...head.trainableWeights].map(
    (weight) => weight.read() as tf.Variable, // a variable behind the read-only face of a tensor
  );
  for (let step = 0; step < (epochs * images.shape[0]) / BATCH; step++) {
    tf.tidy(() => {
      const at = (step * BATCH) % images.shape[0];
      const x = tf.slice(images, [at, 0, 0, 0], [BATCH, -1, -1, -1]);
      const y = tf.slice(oneHot, [at, 0], [BATCH, -1]);
      const { value, grads } = tf.variableGrads(() => {
        const embeddings = backbone.apply(x, { training: true }) as tf.Tensor2D; // [B,D]
        const logits = head.apply([embeddings, y]) as tf.Tensor2D; // [B,K]
        return tf.neg(tf.mean(tf.sum(tf.mul(tf.logSoftmax(logits), y), 1))) as tf.Scalar;
      }, variables);
      losses.push(...value.dataSync());
      for (const variable of variables) {
        const gradient = grads[variable.name];
        if (gradient) variable.assign(tf.sub(variable, tf.mul(gradient, RATE)));
      }
    });
  }
  tf.dispose([images, oneHot]);
  return losses;
}

/** Backbone and head in one model, to be saved and to predict with; without labels the head adds no margin. */
const together = (backbone: tfl.LayersModel, head: ArcFace): tfl.Sequential =>
  tfl.sequential({ layers: [backbone, head] });

export async function run(): Promise<Outcome> {
  const fresh = drawPictures(20, 2);
  const backbone = tfl.sequential({ layers: backboneLayers() });
  const head = new ArcFace({ units: CLASSES, scale: 16, margin: { kind: 'cosface', m3: 0.2 }, seed: 3 });
  const model = together(backbone, head);
  const losses = train(backbone, head, 8);
  const accuracy = accuracyOf(model, fresh);

  const loaded = await savedAndLoaded(model);
  const accuracyAfterReload = accuracyOf(loaded, fresh);
  const [first, second] = loaded.layers;
  if (!(first instanceof tfl.LayersModel) || !(second instanceof ArcFace)) throw new Error('another model');
  train(first, second, 3);
  const [same, different] = similarities(first, fresh);
  return {
    losses,
    accuracy,
    accuracyAfterReload,
    accuracyAfterMore: accuracyOf(loaded, fresh),
    same,
    different,
  };
}
