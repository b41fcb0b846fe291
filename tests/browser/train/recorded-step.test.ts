import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it, vi } from 'vitest';
import { isPretrained } from '../../../src/config/backbone.ts';
import { parsePartialConfig } from '../../../src/config/parse.ts';
import { startBackend } from '../../../src/engine/selection/start-backend.ts';
import { createRandom } from '../../../src/lib/random.ts';
import { createBackbone } from '../../../src/model/backbones/create-backbone.ts';
import { randomCentres } from '../../../src/model/heads/centres.ts';
import { createLearner, disposeLearner, embeddingSizeOf } from '../../../src/train/step/learner.ts';
import { Trainer } from '../../../src/train/step/trainer.ts';

/** A recorded step, replayed, against the same step run operation by operation: bit for bit. */

const CLASSES = 5;
const EDGE = 32;
/** Photos of each batch of each step: the sizes change as at the end of an epoch, and come back. */
const STEPS = [[6], [6], [6], [3], [6], [4, 4], [4, 4], [6], [3]];

const small = { kind: 'small-cnn', inputSize: EDGE, embeddingSize: 16 };
const cases: Readonly<Record<string, object>> = {
  'ArcFace, SGD': {},
  'AdamW, clipped': { optimiser: { kind: 'adamw', beta1: 0.9, beta2: 0.999, epsilon: 1e-8 }, clipNorm: 0.5 },
  'drawn margins': { margin: { kind: 'elastic-arcface' } },
  'a running mean': { margin: { kind: 'curricularface' } },
  'Nesterov, smoothed labels': {
    optimiser: { kind: 'sgd', momentum: 0.9, nesterov: true },
    labelSmoothing: 0.1,
  },
  dropout: { backbone: { kind: 'vgg8', inputSize: EDGE, embeddingSize: 16, dropout: 0.4 } },
};

interface Trained {
  /** How often the network was called: once for every step that was not a replay. */
  readonly called: number;
  readonly losses: number[];
  readonly weights: Float32Array[];
  readonly launches: number | null;
}

async function train(given: object, record: boolean): Promise<Trained> {
  const config = parsePartialConfig({ preset: 'scratch', backbone: small, ...given });
  const random = createRandom(7);
  if (config.backbone.kind === 'custom' || isPretrained(config.backbone)) throw new Error('not here');
  const network = createBackbone(config.backbone, random.fork('network'));
  const centres = randomCentres(CLASSES, embeddingSizeOf(network), random.fork('centres'));
  const calls = vi.spyOn(network, 'apply');
  const learner = createLearner(network, config, { centres, scale: 16, random });
  const trainer = new Trainer(learner, config, { record });
  const pictures = random.fork('pictures');
  const losses: number[] = [];
  for (const [step, sizes] of STEPS.entries()) {
    const batches = sizes.map((size) => ({
      inputs: tf.tensor4d(
        Float32Array.from({ length: size * EDGE * EDGE * 3 }, () => pictures.normal()),
        [size, EDGE, EDGE, 3],
      ),
      labels: Array.from({ length: size }, (_, i) => (i + step) % CLASSES),
    }));
    // The margin grows in the first steps, as in a warm-up.
    const numbers = await trainer.step(batches, {
      rate: 0.01 + 0.001 * step,
      strength: Math.min(1, step / 3),
    });
    losses.push((await numbers.data<'float32'>())[0] ?? Number.NaN);
    tf.dispose([numbers, batches.map(({ inputs }) => inputs)]);
    // Weights are changed from outside in the middle, as by a roll-back, and shared with another tensor.
    const [first] = network.trainableWeights;
    if (step === 5 && first) {
      tf.tidy(() => {
        first.write(tf.mul(first.read(), 0.5));
      });
    }
    if (step === 6 && first) tf.keep(first.read().clone());
  }
  const { launches } = trainer;
  trainer.dispose();
  const weights = await Promise.all(
    [...network.getWeights(), ...learner.head.weights.map(({ variable }) => variable)].map(async (weight) =>
      (await weight.data<'float32'>()).slice(),
    ),
  );
  disposeLearner(learner);
  return { losses, weights, launches, called: calls.mock.calls.length };
}

describe('a recorded step', () => {
  it.each(Object.keys(cases))('computes what the step itself computes: %s', async (name) => {
    await startBackend('webgpu');
    const plain = await train(cases[name] ?? {}, false);
    const recorded = await train(cases[name] ?? {}, true);
    expect(plain.launches).toBeNull();
    // 9 steps over 11 batches. Traced are new shapes, of which two are kept; and where the launches depend on the margin's
    // strength, as CurricularFace's do, also its two other values.
    expect(plain.called).toBe(11);
    if (name === 'ArcFace, SGD') expect(recorded.called).toBe(6);
    if (name === 'a running mean') expect(recorded.called).toBe(8);
    expect(plain.losses.every(Number.isFinite)).toBe(true);
    expect(recorded.losses).toEqual(plain.losses);
    expect(recorded.weights).toEqual(plain.weights);
    console.warn(`${name}: ${recorded.launches} launches, called ${recorded.called}`);
  });
});
