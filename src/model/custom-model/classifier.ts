import * as tfl from '@tensorflow/tfjs-layers';
import { outputOf } from './graph.ts';

type Layer = tfl.layers.Layer;

/** What lies between a classifying layer and its softmax. */
const PASSING = new Set(['Reshape', 'Flatten', 'Dropout', 'GlobalAveragePooling2D']);

/** What a classification layer at the end of a network is, and what is left without it. */
export interface Classifier {
  /** Layers that go, the last one first. */
  readonly layers: readonly Layer[];
  /** The layer in front, whose output becomes the network's. */
  readonly before: Layer;
}

/**
 * Recognises a network that ends in probabilities: a dense layer (or a 1x1 convolution) with softmax, or a softmax
 * behind a linear one, of which then both are the classification layer. Null for any other end.
 */
export function classifierOf(model: tfl.LayersModel): Classifier | null {
  const end = model.outputs[0]?.sourceLayer;
  const last = end && sole(end);
  if (!end || !last) return null;
  if (classifies(end)) return activationOf(end) === 'softmax' ? { layers: [end], before: last } : null;
  if (!isSoftmax(end)) return null;
  const layers: Layer[] = [end];
  let at: Layer | null = last;
  while (at && PASSING.has(at.getClassName())) {
    layers.push(at);
    at = sole(at);
  }
  const before = at && classifies(at) && activationOf(at) === 'linear' ? sole(at) : null;
  // Without a linear layer in front of it only the softmax goes.
  if (!at || !before) return { layers: [end], before: last };
  return { layers: [...layers, at], before };
}

/** The network without the classification layer; a picture of one pixel becomes a vector. */
export function withoutClassifier(model: tfl.LayersModel, { layers, before }: Classifier): tfl.LayersModel {
  let output = outputOf(before);
  if (output.shape.length === 4 && output.shape[1] === 1 && output.shape[2] === 1) {
    // A symbolic tensor in gives one out.
    output = tfl.layers.flatten({ name: 'own_embedding' }).apply(output) as tfl.SymbolicTensor;
  }
  const shorter = tfl.model({ inputs: model.inputs, outputs: output, name: model.name });
  for (const layer of layers) layer.dispose();
  return shorter;
}

const classifies = (layer: Layer): boolean => ['Dense', 'Conv2D'].includes(layer.getClassName());

function isSoftmax(layer: Layer): boolean {
  const name = layer.getClassName();
  return name === 'Softmax' || (name === 'Activation' && activationOf(layer) === 'softmax');
}

function activationOf(layer: Layer): unknown {
  return layer.getConfig()['activation'] ?? 'linear';
}

/** The one layer that feeds another; null where there are several. */
function sole(layer: Layer): Layer | null {
  const sources = layer.inboundNodes.flatMap(({ inboundLayers }) => inboundLayers);
  const [only] = sources;
  return only && sources.length === 1 ? only : null;
}
