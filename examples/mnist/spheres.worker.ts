/** Trains VGG8 with three numbers as embedding, with the program's own heads, steps and optimisers. */
import * as tf from '@tensorflow/tfjs-core';
import type { AugmentConfig } from '../../src/config/training-config.ts';
import { augmentFace, drawAugmentation } from '../../src/dataset/augment.ts';
import { createSampler } from '../../src/dataset/sampler.ts';
import { startBackend } from '../../src/engine/selection/start-backend.ts';
import { createRandom, type Random } from '../../src/lib/random.ts';
import { vgg8 } from '../../src/model/backbones/vgg8/build.ts';
import { randomCentres } from '../../src/model/heads/centres.ts';
import { createLearner, type Learner } from '../../src/train/step/learner.ts';
import { learningRate, marginStrength } from '../../src/train/step/schedule.ts';
import { Trainer } from '../../src/train/step/trainer.ts';
import { WeightAverage } from '../../src/train/step/weight-average.ts';
import { CLASSES, EDGE, type Order, PIXELS, type Result } from './case.ts';

const DIMENSION = 3;
const TESTED_AT_ONCE = 250;
const SCHEDULE = { kind: 'cosine', warmupFraction: 0.05, finalFraction: 0.01 } as const;
const ADAMW = { kind: 'adamw', beta1: 0.9, beta2: 0.999, epsilon: 1e-8 } as const;

function build({ loss, recipe }: Order, random: Random): Learner {
  const options = { shape: [EDGE, EDGE, 1], embeddingSize: DIMENSION, dropout: recipe.dropout } as const;
  return createLearner(vgg8(options, random.fork('network')), loss, {
    centres: randomCentres(CLASSES, DIMENSION, random.fork('centres')),
    scale: loss.scale,
    random,
  });
}

/** Digits as the network's input, -1 to 1, changed a little where `augment` says how. [B, 28, 28, 1] */
function inputs(
  pixels: Uint8Array,
  rows: readonly number[],
  change: { readonly augment: AugmentConfig; readonly random: Random } | null,
): tf.Tensor4D {
  const values = new Float32Array(rows.length * PIXELS);
  const coloured = new Uint8Array(PIXELS * 3);
  const changed = new Float32Array(PIXELS * 3);
  rows.forEach((row, i) => {
    const digit = pixels.subarray(row * PIXELS, (row + 1) * PIXELS);
    if (change) {
      // The program's own augmentation, which is for pictures in colour: three times the same grey.
      digit.forEach((value, p) => {
        coloured.fill(value, p * 3, p * 3 + 3);
      });
      augmentFace(coloured, EDGE, drawAugmentation(change.augment, change.random), changed);
    }
    for (let p = 0; p < PIXELS; p++)
      values[i * PIXELS + p] = ((change ? changed[p * 3] : digit[p]) ?? 0) / 127.5 - 1;
  });
  return tf.tensor4d(values, [rows.length, EDGE, EDGE, 1]);
}

async function train(order: Order, tell: (done: number, total: number) => void): Promise<Result> {
  const begin = performance.now();
  const { loss, recipe } = order;
  await startBackend('simd');
  const random = createRandom(order.seed);
  const learner = build(order, random);
  const { headRateFactor, weightDecay } = recipe;
  const fixed = { optimiser: ADAMW, stageRateFactor: 1, labelSmoothing: 0, clipNorm: 5 };
  const trainer = new Trainer(learner, { ...fixed, headRateFactor, weightDecay });
  const average = new WeightAverage(learner, recipe.weightAveraging);
  const { labels, pixels } = order.train;
  const { photos } = recipe;
  const sampling = { kind: 'balanced', people: CLASSES, photos } as const;
  const sampler = createSampler({ sampling, batchSize: CLASSES * photos }, labels, random.fork('order'));
  const change = { augment: recipe.augment, random: random.fork('changes') };
  const total = recipe.epochs * sampler.batchesPerEpoch;
  let step = 0;
  let lastLoss = Number.NaN;
  for (let epoch = 0; epoch < recipe.epochs; epoch++) {
    for (const rows of sampler.epoch()) {
      const batch = { inputs: inputs(pixels, rows, change), labels: rows.map((row) => labels[row] ?? 0) };
      const numbers = await trainer.step([batch], {
        rate: learningRate({ learningRate: recipe.learningRate, schedule: SCHEDULE }, step, total),
        strength: marginStrength(loss.margin, step, total),
      });
      average.update();
      step += 1;
      if (step % 20 === 0 || step === total) {
        lastLoss = (await numbers.data())[0] ?? Number.NaN;
        tell(step, total);
      }
      tf.dispose([numbers, batch.inputs]);
    }
  }
  average.swap();
  return { ...(await test(learner, order)), lastLoss, seconds: (performance.now() - begin) / 1000 };
}

async function test(
  { network, head }: Learner,
  order: Order,
): Promise<Pick<Result, 'accuracy' | 'embeddings'>> {
  const { loss } = order;
  const { pixels, labels } = order.test;
  const embeddings: number[] = [];
  let right = 0;
  for (let first = 0; first < labels.length; first += TESTED_AT_ONCE) {
    const rows = labels.slice(first, first + TESTED_AT_ONCE).map((_, i) => first + i);
    const made = tf.tidy(() => {
      const input = inputs(pixels, rows, null);
      const embedding = network.apply(input, { training: false }) as tf.Tensor2D; // one tensor in, one out
      const truth = tf.tensor1d(
        rows.map((row) => labels[row] ?? 0),
        'int32',
      );
      const { logits } = head.logits(embedding, null, { strength: 0, scale: loss.scale });
      return [embedding, tf.sum(tf.cast(tf.equal(tf.argMax(logits, 1), truth), 'float32'))] as const;
    });
    embeddings.push(...(await made[0].data<'float32'>()));
    right += (await made[1].data())[0] ?? 0;
    tf.dispose([...made]);
  }
  return { embeddings, accuracy: right / labels.length };
}

addEventListener('message', ({ data }: MessageEvent<Order>) => {
  train(data, (done, total) => postMessage({ kind: 'progress', done, total })).then(
    (result) => postMessage({ kind: 'result', result }),
    (thrown: unknown) => postMessage({ kind: 'failed', why: String(thrown) }),
  );
});
