import * as tf from '@tensorflow/tfjs-core';
import * as tfl from '@tensorflow/tfjs-layers';
import { EDGE, type Pictures } from './data.ts';

/** The layers of a small backbone, the last of which, named `embedding`, gives 8 numbers. No classification layer. */
export const backboneLayers = (): tfl.layers.Layer[] => {
  const init = (seed: number) => tfl.initializers.heNormal({ seed });
  return [
    tfl.layers.conv2d({
      inputShape: [EDGE, EDGE, 1],
      filters: 8,
      kernelSize: 3,
      activation: 'relu',
      kernelInitializer: init(1),
    }),
    tfl.layers.maxPooling2d({ poolSize: 2 }),
    tfl.layers.flatten(),
    tfl.layers.dense({ name: 'embedding', units: 8, kernelInitializer: init(2) }),
  ];
};

/** Share of pictures whose largest output is that of their class. */
export function accuracyOf(model: tfl.LayersModel, { images, labels }: Pictures): number {
  const right = tf.tidy(() => {
    const scores = model.apply(images, { training: false }) as tf.Tensor; // one tensor in, one out
    return tf.mean(tf.cast(tf.equal(tf.argMax(scores, 1), labels), 'float32')).dataSync()[0];
  });
  return right ?? Number.NaN;
}

/** Saves a model and opens it again, as from a file: custom layers are found by their registered name. */
export async function savedAndLoaded(model: tfl.LayersModel): Promise<tfl.LayersModel> {
  let file: tf.io.ModelArtifacts | null = null;
  await model.save(
    tf.io.withSaveHandler(async (artifacts) => {
      file = artifacts;
      return { modelArtifactsInfo: { dateSaved: new Date(0), modelTopologyType: 'JSON' } };
    }),
  );
  if (!file) throw new Error('nothing was saved');
  return tfl.loadLayersModel(tf.io.fromMemory(file));
}

/** The network up to its embedding: what is kept when the head is cut off. */
export function embedderOf(model: tfl.LayersModel): tfl.LayersModel {
  const { output } = model.getLayer('embedding');
  const input = model.inputs[0];
  if (!input || Array.isArray(output)) throw new Error('a backbone has one input and one embedding');
  return tfl.model({ inputs: input, outputs: output });
}

/** Mean cosine between two pictures of the same class, and of different ones. */
export function similarities(
  embedder: tfl.LayersModel,
  { images, labels }: Pictures,
): readonly [number, number] {
  const cosine = tf.tidy(() => {
    const embeddings = embedder.apply(images, { training: false }) as tf.Tensor2D;
    const unit = tf.div(embeddings, tf.norm(embeddings, 2, 1, true)) as tf.Tensor2D;
    return tf.matMul(unit, unit, false, true).arraySync() as number[][]; // of a matrix
  });
  const classes = labels.arraySync();
  const sums = { same: 0, sameCount: 0, other: 0, otherCount: 0 };
  cosine.forEach((row, i) => {
    row.forEach((value, j) => {
      if (i <= j) return;
      if (classes[i] === classes[j]) {
        sums.same += value;
        sums.sameCount += 1;
      } else {
        sums.other += value;
        sums.otherCount += 1;
      }
    });
  });
  return [sums.same / sums.sameCount, sums.other / sums.otherCount];
}

export interface Outcome {
  /** During the first training, in nats. */
  readonly losses: readonly number[];
  /** Of new pictures of the classes trained on, without any labels given. */
  readonly accuracy: number;
  readonly accuracyAfterReload: number;
  readonly accuracyAfterMore: number;
  /** Mean cosines between new pictures of the same class and of different ones. */
  readonly same: number;
  readonly different: number;
}
