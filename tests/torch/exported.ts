import * as tf from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import type { TrainingConfig } from '../../src/config/training-config.ts';
import type { EpochReport, TrainReport } from '../../src/domain/training-report.ts';
import { exportModel } from '../../src/export/export-model.ts';
import type { ExportFormat } from '../../src/export/formats/format.ts';
import { present } from '../../src/lib/assert.ts';
import type { Random } from '../../src/lib/random.ts';
import { embeddingSizeOf } from '../../src/train/step/learner.ts';

/** Exports of networks that no run has made. */

const epoch: EpochReport = {
  epoch: 1,
  step: 10,
  loss: 1,
  trainAccuracy: null,
  heldOutAccuracy: null,
  heldOutLoss: null,
  verification: null,
  angles: { binWidth: 3, target: [], nearestOther: [], targetMean: 0, nearestOtherMean: 0 },
  best: true,
};

const reportOf = (config: TrainingConfig, people: number, scale: number): TrainReport => ({
  config,
  backend: { name: 'cpu', why: 'a test', device: '', threads: 1 },
  split: {
    trainPeople: people,
    trainPhotos: people,
    heldOutPhotos: 0,
    verificationPeople: [],
    verificationPhotos: 0,
    notMeasured: [],
  },
  scale: { value: scale, why: 'a test' },
  baseline: epoch,
  best: epoch,
  evaluated: { faces: 0, of: 0 },
  curve: [],
  verify: null,
  seconds: { prepare: 0, train: 0, evaluate: 0 },
  imagesPerSecond: 1,
  stopped: false,
  remarks: [],
  firstLosses: [],
});

export interface Subject {
  readonly model: LayersModel;
  readonly config: TrainingConfig;
  readonly people: readonly { readonly name: string; readonly centre: Float32Array }[];
  readonly scale: number;
}

/** Faces [count, S, S, C] as a network takes them. */
export function facesFor(model: LayersModel, count: number): tf.Tensor4D {
  const [, height, width, channels] = present(model.inputs[0], 'the input').shape;
  const size = (value: number | null | undefined): number => present(value, 'a size of the input');
  const shape: [number, number, number, number] = [count, size(height), size(width), size(channels)];
  return tf.randomUniform(shape, -1, 1, 'float32', 7);
}

/** The file of a network, checked as every download is. */
export async function exported(format: ExportFormat, { model, config, people, scale }: Subject) {
  const sampleFaces = facesFor(model, 1);
  const report = reportOf(config, people.length, scale);
  const input = {
    format,
    model,
    report,
    people,
    sampleFaces,
    operatingPoint: 'best-accuracy',
    name: 'a b',
  } as const;
  return exportModel(input, new AbortController().signal);
}

/** Weights that are not those of the start: norms with averages of their own, slopes, biases. */
export function disturb(model: LayersModel, random: Random): void {
  tf.tidy(() =>
    model.setWeights(
      model.weights.map((weight) => {
        const value = weight.read();
        const noise = tf.tensor(
          Float32Array.from({ length: value.size }, () => random.between(0, 1)),
          value.shape,
        );
        const positive = weight.originalName.endsWith('moving_variance');
        if (/kernel$/.test(weight.originalName)) return value;
        return positive ? tf.add(noise, 0.5) : tf.add(value, tf.mul(tf.sub(noise, 0.5), 0.3));
      }),
    ),
  );
}

/** Centres of length 1, of as many people as names. */
export function centresFor(model: LayersModel, names: readonly string[], random: Random): Subject['people'] {
  return names.map((name) => {
    const centre = Float32Array.from({ length: embeddingSizeOf(model) }, () => random.normal());
    const length = Math.hypot(...centre);
    return { name, centre: centre.map((value) => value / length) };
  });
}
