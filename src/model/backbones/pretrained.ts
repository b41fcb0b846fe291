import { io } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-layers';
import { backboneMeta, type PretrainedBackbone } from '../../config/backbone.ts';
import { ProblemError } from '../../lib/problem.ts';
import { publicUrl } from '../../lib/public-url.ts';
import { pretrainedBuild } from './registry.ts';
import { fuseConvolutions } from './shared/fused-convolution.ts';

type Kind = Pick<PretrainedBackbone, 'kind'>;

/** Name of the layer whose output is cached. */
const FEATURES = 'features';
/** Name of the dense layer behind it. */
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
  /** Whether it was trained for distances instead of angles. */
  readonly distances: boolean;
}

/**
 * A network of public/models, cut in front of its embedding layer.
 *
 * @throws ProblemError when the file cannot be fetched or is not the network that it should be
 */
export async function loadSplit(config: Kind): Promise<SplitBackbone> {
  const whole = await loadWhole(config);
  const trunk = tf.model({ inputs: whole.inputs, outputs: output(whole.getLayer(FEATURES)) });
  const pretrained = whole.getLayer(EMBEDDING);
  const featureSize = lastSize(trunk);
  const embeddingSize = lastSize(whole);
  const dense = tf.layers.dense({ name: EMBEDDING, units: embeddingSize, inputShape: [featureSize] });
  const head = tf.sequential({ layers: [dense] });
  dense.setWeights(pretrained.getWeights());
  return {
    whole,
    trunk,
    head,
    featureShape: [featureSize],
    featureSize,
    embeddingSize,
    distances: backboneMeta(config).metric === 'distance',
  };
}

/**
 * Loads a pretrained network to be trained further, all of it or from its last blocks on. It has no norms (they
 * are folded into the convolutions), so there are no batch statistics to be spoilt by small batches.
 *
 * @throws ProblemError as {@link loadSplit}
 */
export async function loadForFineTuning(
  config: Kind,
  trained: 'last-blocks' | 'all',
): Promise<tf.LayersModel> {
  const network = await loadWhole(config);
  if (trained === 'last-blocks') {
    for (const layer of network.layers) {
      if (layer.name === pretrainedBuild(config).lastBlocks) break;
      layer.trainable = false;
    }
  }
  return network;
}

/**
 * What has been fetched, by file. A run loads its network more than once, the last time for the download, when there may
 * be no connection any more.
 */
const fetched = new Map<string, Promise<io.ModelArtifacts>>();

async function loadWhole(config: Kind): Promise<tf.LayersModel> {
  const { file } = pretrainedBuild(config);
  const artifacts = fetched.get(file) ?? fetchArtifacts(file);
  fetched.set(file, artifacts);
  try {
    const network = await tf.loadLayersModel(io.fromMemory(await artifacts));
    fuseConvolutions(network);
    return network;
  } catch (thrown) {
    fetched.delete(file);
    throw new ProblemError(
      `The pretrained network could not be loaded (${thrown instanceof Error ? thrown.message : String(thrown)}).`,
      'Check the connection to the server that this page came from, then try again.',
    );
  }
}

async function fetchArtifacts(file: string): Promise<io.ModelArtifacts> {
  const handler = io.http(publicUrl(`models/${file}`));
  if (!handler.load) throw new Error('Internal error: a file that cannot be read');
  return handler.load();
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
