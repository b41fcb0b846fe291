/**
 * The trainer of the page: a learner (backbone and head), schedules for learning rate and margin, and verification on
 * classes that were not trained on.
 *
 *   npx tsx docs/examples/run.ts trainer
 */
import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import * as tfl from '@tensorflow/tfjs-layers';
import {
  cosinesToAll,
  createLearner,
  createRandom,
  disposeLearner,
  type Learner,
  learningRate,
  marginStrength,
  parsePartialConfig,
  randomCentres,
  Trainer,
  type VerificationReport,
  verify,
} from 'arcface-studio';
import { backboneLayers } from './backbone.ts';
import { CLASSES, drawPictures } from './data.ts';

const DIMENSION = 8;
const BATCH = 25;
const STEPS = 60;

/** What is not given here is as in the preset. */
const config = parsePartialConfig({
  preset: 'scratch',
  optimiser: { kind: 'adamw', beta1: 0.9, beta2: 0.999, epsilon: 1e-8 },
  learningRate: 0.005,
  margin: { kind: 'arcface', m: 0.3, warmupFraction: 0.3 },
});

export interface TrainerOutcome {
  /** Of each step, in nats. */
  readonly losses: readonly number[];
  /** On new pictures of the classes trained on. */
  readonly accuracy: number;
  /** Area under the ROC curve, on pictures of classes that were not trained on. */
  readonly auc: number;
}

const embed = ({ network }: Learner, images: tf.Tensor): tf.Tensor2D =>
  network.apply(images, { training: false }) as tf.Tensor2D; // one tensor in, one out

async function train(learner: Learner): Promise<number[]> {
  const trainer = new Trainer(learner, config);
  const { images, labels } = drawPictures(30, 1);
  const classes = [...labels.dataSync()];
  const losses: number[] = [];
  for (let step = 0; step < STEPS; step++) {
    const at = (step * BATCH) % classes.length;
    const inputs = tf.slice(images, [at, 0, 0, 0], [BATCH, -1, -1, -1]);
    const numbers = await trainer.step([{ inputs, labels: classes.slice(at, at + BATCH) }], {
      rate: learningRate(config, step, STEPS),
      strength: marginStrength(config.margin, step, STEPS),
    });
    const [loss = Number.NaN] = await numbers.data();
    losses.push(loss);
    tf.dispose([inputs, numbers]);
  }
  trainer.dispose();
  tf.dispose([images, labels]);
  return losses;
}

function accuracyOf(learner: Learner): number {
  const { images, labels } = drawPictures(20, 2);
  const [accuracy = Number.NaN] = tf.tidy(() => {
    const nearest = tf.argMax(cosinesToAll(learner, embed(learner, images)), 1);
    return tf.mean(tf.cast(tf.equal(nearest, labels), 'float32')).dataSync();
  });
  return accuracy;
}

function verifyOnNewClasses(learner: Learner): VerificationReport {
  const { images, labels } = drawPictures(8, 3, 0.6, 10, 500);
  const embeddings = tf.tidy(() => {
    const values = embed(learner, images);
    return Float32Array.from(tf.div(values, tf.norm(values, 2, 1, true)).dataSync()); // rows of length 1
  });
  return verify({ embeddings, dimension: DIMENSION, person: [...labels.dataSync()], folds: null });
}

export async function run(): Promise<TrainerOutcome> {
  const random = createRandom(3);
  const network = tfl.sequential({ layers: backboneLayers() });
  const centres = randomCentres(CLASSES, DIMENSION, random);
  const learner = createLearner(network, config, { centres, scale: 16, random });
  const losses = await train(learner);
  const { auc } = verifyOnNewClasses(learner);
  const outcome = { losses, accuracy: accuracyOf(learner), auc };
  disposeLearner(learner);
  return outcome;
}
