import type { LayersModel } from '@tensorflow/tfjs-layers';
import { decodeFaces } from '../../dataset/face-store.ts';
import { present } from '../../lib/assert.ts';
import type { PixelRange } from '../../lib/pixel-range.ts';
import {
  embeddingBatch,
  embedFaces,
  extractBoth,
  inputChannels,
  inputEdge,
  type Rows,
} from '../../model/embed.ts';
import { meanCentres, randomCentres } from '../../model/heads/centres.ts';
import { augmentedToTensor } from '../../model/preprocess.ts';
import { loadWeights } from '../step/checkpoint.ts';
import { createLearner, disposeLearner, embeddingSizeOf } from '../step/learner.ts';
import { sampledClassCount } from '../step/sampled-classes.ts';
import { meanRow, recentre, recentredEmbeddings } from './recentre-embedding.ts';
import type { Task, TaskInput } from './task.ts';

/** Where a network that is trained from images starts. */
export interface EndToEndStart {
  /** Makes it, with its first weights; called again for every download. */
  network(): Promise<LayersModel>;
  /**
   * First class centres: random for an untrained network; the mean embedding of each class for a trained one, taken
   * from the recentred embeddings where the network was trained for distances.
   */
  readonly centres: 'random' | 'means' | 'recentred-means';
  /** How bytes become its input. */
  readonly range: PixelRange;
}

/** All or the last part of a network is trained from images, augmented anew each time. */
export async function createEndToEndTask(
  start: EndToEndStart,
  { images, training, config, scale, random, resumes = false, signal, onPreparing }: TaskInput,
): Promise<Task> {
  const network = await start.network();
  try {
    const edge = inputEdge(network);
    const channels = inputChannels(network);
    const blobs = images.map(({ image }) => image);
    const pixels = await decodeFaces(blobs, edge, signal, (done, total) =>
      onPreparing('Reading the faces', done, total),
    );
    const pick = (faces: readonly number[]): Uint8Array[] =>
      faces.map((face) => present(pixels[face], 'a face'));
    const embed: Task['embed'] = (faces, { mirror, ...options }) =>
      embedFaces(network, pick(faces), {
        ...options,
        flip: mirror,
        batchSize: embeddingBatch(),
        range: start.range,
      });
    const dimension = embeddingSizeOf(network);
    const { classes } = training;
    const report = (done: number, total: number): void | Promise<void> =>
      onPreparing('Computing the centre of each person', done, total);
    const startOf = async (faces: readonly number[]): Promise<Rows> => {
      if (start.centres === 'means') return embed(faces, { mirror: true, signal, onProgress: report });
      const options = { batchSize: embeddingBatch(), signal, range: start.range, onProgress: report };
      const both = { values: (await extractBoth(network, pick(faces), options)).values, dimension };
      const middle = meanRow(both);
      await recentre(middle, network);
      return recentredEmbeddings(middle, both);
    };
    const centres =
      start.centres === 'random' || resumes
        ? randomCentres(classes, dimension, random.fork('centres'))
        : meanCentres((await startOf(training.faces)).values, dimension, training.labels, classes);
    const sampledClasses = sampledClassCount(config, classes);
    const learner = createLearner(network, config, { centres, scale, random, sampledClasses });
    const augmentations = random.fork('augment');
    return {
      learner,
      classes,
      dimension,
      trainingCost: trainingCost(network),
      inputSize: edge,
      inputs: (faces) =>
        augmentedToTensor(pick(faces), edge, config.augment, augmentations, start.range, channels),
      embed,
      build: async (weights) => {
        const fresh = await start.network();
        loadWeights(fresh, weights);
        return fresh;
      },
      dispose: () => disposeLearner(learner),
    };
  } catch (thrown) {
    network.dispose();
    throw thrown;
  }
}

/** One forward pass, and behind the first trained layer about two more: the gradients for inputs and for weights. */
function trainingCost({ layers }: LayersModel): number {
  const first = layers.findIndex((layer) => layer.trainableWeights.length > 0);
  return first < 0 ? 1 : 1 + (2 * (layers.length - first)) / layers.length;
}
