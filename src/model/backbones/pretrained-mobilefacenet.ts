import * as tf from '@tensorflow/tfjs-layers';
import { modelUrl } from '../../engine/model-url.ts';
import { ProblemError } from '../../lib/problem.ts';

const MOBILEFACENET = 'mobilefacenet/model.json';

/** Name of the layer whose output is cached: 512 numbers a face. */
const FEATURES = 'features';
/** Name of the dense layer behind it: 512 -> 192. */
const EMBEDDING = 'embedding';

/** A pretrained network, and the two parts that it is cut into. */
export interface SplitBackbone {
  /** Pictures -> embedding. Takes over the trained head by {@link adoptHead}. */
  readonly whole: tf.LayersModel;
  /** Pictures -> features; never trained here. */
  readonly trunk: tf.LayersModel;
  /** Features -> embedding: what learns; a copy of the pretrained layer, or layers that it shares with the whole. */
  readonly head: tf.LayersModel;
  /** Of the features of one face, e.g. [512]. */
  readonly featureShape: readonly number[];
  readonly featureSize: number;
  readonly embeddingSize: number;
}

/**
 * Loads the pretrained MobileFaceNet (112x112x3 RGB, (x - 127.5) / 128 -> 192; 1,292,992 parameters) and cuts
 * it in front of its embedding layer.
 *
 * @throws ProblemError when the file cannot be fetched or is not the network that it should be
 */
export const loadPretrainedMobileFaceNet = (): Promise<SplitBackbone> => loadSplit(MOBILEFACENET);

/**
 * A network of public/models in its two parts. Its layers "features" and "embedding" follow each other.
 *
 * @param path below public/models
 * @throws ProblemError when the file cannot be fetched or is not the network that it should be
 */
export async function loadSplit(path: string): Promise<SplitBackbone> {
  const whole = await loadWhole(path);
  const trunk = tf.model({ inputs: whole.inputs, outputs: output(whole.getLayer(FEATURES)) });
  const pretrained = whole.getLayer(EMBEDDING);
  const featureSize = lastSize(trunk);
  const embeddingSize = lastSize(whole);
  const dense = tf.layers.dense({ name: EMBEDDING, units: embeddingSize, inputShape: [featureSize] });
  const head = tf.sequential({ layers: [dense] });
  dense.setWeights(pretrained.getWeights());
  return { whole, trunk, head, featureShape: [featureSize], featureSize, embeddingSize };
}

/** First layer of the blocks that see the face as 7 x 7 places: about two thirds of all parameters are from here on. */
const LAST_BLOCKS = 'block13_expand';

/**
 * Loads the pretrained network to be trained further, all of it or from its last blocks on. It has no norms (they
 * are folded into the convolutions), so there are no batch statistics to be spoilt by small batches.
 *
 * @throws ProblemError as {@link loadPretrainedMobileFaceNet}
 */
export async function loadForFineTuning(trained: 'last-blocks' | 'all'): Promise<tf.LayersModel> {
  const network = await loadWhole(MOBILEFACENET);
  if (trained === 'last-blocks') {
    for (const layer of network.layers) {
      if (layer.name === LAST_BLOCKS) break;
      layer.trainable = false;
    }
  }
  return network;
}

async function loadWhole(path: string): Promise<tf.LayersModel> {
  return tf.loadLayersModel(modelUrl(path)).catch((thrown: unknown) => {
    throw new ProblemError(
      `The pretrained network could not be loaded (${thrown instanceof Error ? thrown.message : String(thrown)}).`,
      'Check the connection to the server that this page came from, then try again.',
    );
  });
}

/** Puts the weights of the trained head into the whole network, where the two do not share them anyway. */
export function adoptHead({ whole, head }: SplitBackbone): void {
  for (const layer of head.layers) {
    if (layer.weights.length > 0) whole.getLayer(layer.name).setWeights(layer.getWeights());
  }
}

/** Frees all parts. The trunk shares its layers with the whole. */
export function disposeBackbone(backbone: SplitBackbone): void {
  backbone.whole.dispose();
  backbone.head.dispose();
}

function output(layer: tf.layers.Layer): tf.SymbolicTensor {
  const outputs = layer.output;
  const first = Array.isArray(outputs) ? outputs[0] : outputs;
  if (!first) throw new Error(`Internal error: layer ${layer.name} has no output`);
  return first;
}

function lastSize(model: tf.LayersModel): number {
  const size = model.outputs[0]?.shape.at(-1);
  if (typeof size !== 'number') throw new Error('Internal error: a network without a fixed output size');
  return size;
}
