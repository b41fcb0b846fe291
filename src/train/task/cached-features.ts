import * as tf from '@tensorflow/tfjs-core';
import { rangeOf } from '../../config/backbone.ts';
import { featureBatch } from '../../dataset/batch.ts';
import { ProblemError } from '../../lib/problem.ts';
import { adoptHead, disposeBackbone, type SplitBackbone } from '../../model/backbones/pretrained.ts';
import { embedFeatures, inputEdge, type Rows } from '../../model/embed.ts';
import { meanCentres } from '../../model/heads/centres.ts';
import { loadWeights } from '../step/checkpoint.ts';
import { createLearner, disposeLearner } from '../step/learner.ts';
import { sampledClassCount } from '../step/sampled-classes.ts';
import { frozenFeatures } from './frozen-features.ts';
import { scaleFromStandardised, scaleToStandardised, standardise } from './recentre-embedding.ts';
import type { Task, TaskInput } from './task.ts';

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
  { images, training, config, scale, cache, random, signal, onPreparing }: TaskInput,
): Promise<Task> {
  const backbone = await load();
  const edge = inputEdge(backbone.whole);
  const size = backbone.featureSize;
  let features: Float32Array; // [N, 2, size]
  try {
    checkMemory(images.length * 2 * size);
    features = await frozenFeatures(backbone, images, {
      range: rangeOf(config.backbone),
      cache,
      signal,
      onPreparing,
    });
  } catch (thrown) {
    disposeBackbone(backbone);
    throw thrown;
  }
  const network = backbone.head;
  const standard = backbone.distances ? standardise(features, size, training.faces) : null;
  if (standard) await scaleToStandardised(network, standard);

  const dimension = backbone.embeddingSize;
  const rowOf = (face: number): Float32Array => features.subarray(face * 2 * size, (face + 1) * 2 * size);
  const atOnce = Math.max(1, Math.floor(EMBEDDED_AT_ONCE / (2 * size)));
  const embed = async (faces: readonly number[]): Promise<Rows> => {
    const values = new Float32Array(faces.length * dimension);
    for (let begin = 0; begin < faces.length; begin += atOnce) {
      const rows = faces.slice(begin, begin + atOnce).map(rowOf);
      values.set(await embedFeatures(network, rows, backbone.featureShape), begin * dimension);
    }
    return { values, dimension };
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
