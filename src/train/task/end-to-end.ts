import * as tf from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import type { PixelRange } from '../../config/pixel-range.ts';
import { pictureBatch } from '../../dataset/batch.ts';
import { decodeFaces } from '../../dataset/face-store.ts';
import { present } from '../../lib/assert.ts';
import type { Random } from '../../lib/random.ts';
import { embedFaces, extractBoth, inputEdge, type Rows } from '../../model/embed.ts';
import { meanCentres, randomCentres } from '../../model/heads/centres.ts';
import { createHead } from '../../model/heads/index.ts';
import { loadWeights } from '../step/checkpoint.ts';
import { disposeLearner } from '../step/learner.ts';
import { sampledClassCount } from '../step/sampled-classes.ts';
import { meanRow, recentre, recentredEmbeddings } from './recentre-embedding.ts';
import type { LabelledFaces, OnPreparing, Task, TaskSettings } from './task.ts';

const EVALUATION_BATCH = 32;
/** A forward pass of a whole network is slow without a graphics card, and there is one after every epoch. */
const EVALUATION_LIMIT = 256;

/** Where a network that learns from pictures starts. */
export interface EndToEndStart {
  /** Makes it, with its first weights; called again for every download. */
  network(): Promise<LayersModel>;
  /**
   * The centres: anywhere, where the network knows nothing yet; the mean embedding of each class, where it does; those
   * seen from the middle of all, where it has learned distances.
   */
  readonly centres: 'random' | 'means' | 'means-from-middle';
  /** How bytes become its input. */
  readonly range: PixelRange;
}

/** A network of which all or the last part learns from pictures, augmented anew each time. */
export async function createEndToEndTask(
  start: EndToEndStart,
  blobs: readonly Blob[],
  training: LabelledFaces,
  { config, scale }: TaskSettings,
  random: Random,
  signal: AbortSignal,
  onPreparing: OnPreparing,
): Promise<Task> {
  const network = await start.network();
  try {
    const edge = inputEdge(network);
    const pictures = await decodeFaces(blobs, edge, signal, (done, total) =>
      onPreparing('Reading the faces', done, total),
    );
    const pick = (faces: readonly number[]): Uint8Array[] =>
      faces.map((face) => present(pictures[face], 'a face'));
    const embed = (
      faces: readonly number[],
      abort: AbortSignal,
      onProgress?: (done: number, total: number) => void,
    ): Promise<Rows> =>
      embedFaces(network, pick(faces), {
        flip: true,
        batchSize: EVALUATION_BATCH,
        signal: abort,
        range: start.range,
        ...(onProgress && { onProgress }),
      });
    const dimension = present(network.outputs[0]?.shape.at(-1), 'the size of the embedding');
    const { classes } = training;
    const told = (done: number, total: number): void =>
      onPreparing('Computing the centre of each person', done, total);
    const startOf = async (faces: readonly number[]): Promise<Rows> => {
      if (start.centres === 'means') return embed(faces, signal, told);
      const options = { batchSize: EVALUATION_BATCH, signal, range: start.range, onProgress: told };
      const both = { values: (await extractBoth(network, pick(faces), options)).values, dimension };
      const middle = meanRow(both);
      await recentre(middle, network);
      return recentredEmbeddings(middle, both);
    };
    const first =
      start.centres === 'random'
        ? randomCentres(classes, dimension, random.fork('centres'))
        : meanCentres((await startOf(training.faces)).values, dimension, training.labels, classes);
    const begin = { centres: first, dimension, scale, sampledClasses: sampledClassCount(config, classes) };
    const learner = { network, ...createHead(config.margin, begin, random.fork('head')) };
    const augmentations = random.fork('augment');
    return {
      learner,
      classes,
      dimension,
      evaluationLimit: EVALUATION_LIMIT,
      inputSize: edge,
      inputs: (faces) =>
        tf.tensor4d(pictureBatch(pick(faces), edge, config.augment, start.range, augmentations), [
          faces.length,
          edge,
          edge,
          3,
        ]),
      embed: (faces, abort) => embed(faces, abort),
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
