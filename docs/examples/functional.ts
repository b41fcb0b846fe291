/**
 * The functional way: backbone -> ArcFace, fed with embedding and one-hot labels -> softmax; `compile` and `fit`.
 *
 *   npx tsx docs/examples/run.ts functional
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
import { CLASSES, drawPictures, EDGE } from './data.ts';

const symbolic = (
  layer: tfl.layers.Layer,
  x: tfl.SymbolicTensor | tfl.SymbolicTensor[],
): tfl.SymbolicTensor => layer.apply(x) as tfl.SymbolicTensor; // symbolic tensors in give one out

/** The model that learns: it takes pictures and their labels. */
function trainable(): tfl.LayersModel {
  const image = tfl.input({ shape: [EDGE, EDGE, 1], name: 'image' });
  const label = tfl.input({ shape: [CLASSES], name: 'label' });
  const embedding = backboneLayers().reduce((x, layer) => symbolic(layer, x), image);
  const arcface = new ArcFace({
    name: 'arcface',
    units: CLASSES,
    scale: 16,
    margin: { kind: 'arcface', m: 0.3 },
    seed: 3,
  });
  const logits = symbolic(arcface, [embedding, label]);
  return tfl.model({
    inputs: [image, label],
    outputs: symbolic(tfl.layers.softmax({ name: 'softmax' }), logits),
  });
}

/** The same layers without labels: what predicts. It shares all weights. */
function predictor(model: tfl.LayersModel): tfl.LayersModel {
  const embedder = embedderOf(model);
  const [embedding] = embedder.outputs;
  if (!embedding) throw new Error('no embedding');
  const logits = symbolic(model.getLayer('arcface'), embedding);
  return tfl.model({ inputs: embedder.inputs, outputs: symbolic(tfl.layers.softmax(), logits) });
}

/** @returns the loss of each epoch */
async function train(model: tfl.LayersModel, epochs: number): Promise<number[]> {
  const { images, oneHot } = drawPictures(30, 1);
  model.compile({ optimizer: tf.train.adam(0.003), loss: 'categoricalCrossentropy' });
  const { history } = await model.fit([images, oneHot], oneHot, {
    epochs,
    batchSize: 25,
    shuffle: false,
    verbose: 0,
    yieldEvery: 'never',
  });
  images.dispose();
  oneHot.dispose();
  return (history['loss'] ?? []).map(Number);
}

export async function run(): Promise<Outcome> {
  const fresh = drawPictures(20, 2);
  const model = trainable();
  const losses = await train(model, 13);
  const accuracy = accuracyOf(predictor(model), fresh);
  const loaded = await savedAndLoaded(model);
  const accuracyAfterReload = accuracyOf(predictor(loaded), fresh);
  await train(loaded, 3);
  const [same, different] = similarities(embedderOf(loaded), fresh);
  return {
    losses,
    accuracy,
    accuracyAfterReload,
    accuracyAfterMore: accuracyOf(predictor(loaded), fresh),
    same,
    different,
  };
}
