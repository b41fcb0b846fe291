import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-layers';
import * as tf from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { OptimiserConfig } from '../../../src/config/training-config.ts';
import { createRandom } from '../../../src/lib/random.ts';
import { mobileFaceNet } from '../../../src/model/backbones/mobilefacenet/build.ts';
import { smallCnn } from '../../../src/model/backbones/small-cnn/build.ts';
import { createHead, disposeHead } from '../../../src/model/heads/create-head.ts';
import { parameters } from '../../../src/train/step/learner.ts';
import { createOptimiser } from '../../../src/train/step/optimisers.ts';

const STEPS = 10;
const SIZE = 6;
const DECAY = 0.05;

interface Group {
  readonly start: readonly number[];
  readonly decay: boolean;
  readonly rateFactor: number;
}

/** Plain loops over 64-bit numbers. `state` is the optimiser's memory of one number. */
type Rule = (
  w: number,
  g: number,
  rate: number,
  decay: number,
  step: number,
  state: [number, number],
) => number;

const sgd =
  (momentum: number, nesterov: boolean): Rule =>
  (w, gradient, rate, decay, _, state) => {
    const g = gradient + decay * w;
    state[0] = momentum * state[0] + g;
    return w - rate * (nesterov ? g + momentum * state[0] : state[0]);
  };
const adamw =
  (beta1: number, beta2: number, epsilon: number): Rule =>
  (w, g, rate, decay, step, state) => {
    state[0] = beta1 * state[0] + (1 - beta1) * g;
    state[1] = beta2 * state[1] + (1 - beta2) * g * g;
    const mean = state[0] / (1 - beta1 ** step);
    const size = Math.sqrt(state[1] / (1 - beta2 ** step)) + epsilon;
    return w - rate * (mean / size + decay * w);
  };

/** The gradient of a bowl, with noise that is the same on both sides. */
const gradientAt = (w: number, i: number, noise: number): number => (i + 1) * (w - 0.3 * i) + noise;
const rateAt = (step: number): number => 0.02 / step; // changes, as a schedule's does

const random = createRandom(99);
const draw = (): number[] => Array.from({ length: SIZE }, () => Math.fround(random.normal()));
const groups: readonly Group[] = [
  { start: draw(), decay: true, rateFactor: 1 },
  { start: draw(), decay: false, rateFactor: 1 },
  { start: draw(), decay: true, rateFactor: 10 },
];
const noise = Array.from({ length: STEPS }, () => groups.map(draw));

function reference(rule: Rule, decay: number): number[][] {
  return groups.map((group, k) => {
    const w = [...group.start];
    const states = w.map((): [number, number] => [0, 0]);
    for (let step = 1; step <= STEPS; step++) {
      w.forEach((value, i) => {
        const g = gradientAt(value, i, noise[step - 1]?.[k]?.[i] ?? Number.NaN);
        const rate = rateAt(step) * group.rateFactor;
        w[i] = rule(value, g, rate, group.decay ? decay : 0, step, states[i] ?? [0, 0]);
      });
    }
    return w;
  });
}

/** Ten steps of the real optimiser on the same numbers. */
function trained(config: OptimiserConfig, decay: number): number[][] {
  const weights = groups.map(({ start, ...rest }) => ({
    variable: tf.tidy(() => tf.variable(tf.tensor1d([...start]))) as tf.Variable,
    ...rest,
  }));
  const optimiser = createOptimiser(config, weights, decay);
  for (let step = 1; step <= STEPS; step++) {
    const gradients = Object.fromEntries(
      weights.map(({ variable }, k) => [
        variable.name,
        tf.tensor1d(
          [...variable.dataSync()].map((w, i) => gradientAt(w, i, noise[step - 1]?.[k]?.[i] ?? Number.NaN)),
        ),
      ]),
    );
    optimiser.prepare(rateAt(step));
    optimiser.apply(gradients, 0);
  }
  optimiser.dispose();
  const result = weights.map(({ variable }) => [...variable.dataSync()]);
  for (const { variable } of weights) variable.dispose();
  return result;
}

beforeAll(() => tf.setBackend('cpu'));

const cases: [string, OptimiserConfig, Rule][] = [
  ['SGD', { kind: 'sgd', momentum: 0, nesterov: false }, sgd(0, false)],
  ['SGD with momentum', { kind: 'sgd', momentum: 0.9, nesterov: false }, sgd(0.9, false)],
  ['Nesterov', { kind: 'sgd', momentum: 0.9, nesterov: true }, sgd(0.9, true)],
  ['AdamW', { kind: 'adamw', beta1: 0.9, beta2: 0.999, epsilon: 1e-8 }, adamw(0.9, 0.999, 1e-8)],
  ['AdamW, other', { kind: 'adamw', beta1: 0.7, beta2: 0.95, epsilon: 0.01 }, adamw(0.7, 0.95, 0.01)],
];

describe.each(cases)('%s', (_, config, rule) => {
  it.each([0, DECAY])('does what its rule says over ten steps, decay %f', (decay) => {
    const before = tf.memory().numTensors;
    const got = trained(config, decay);
    expect(tf.memory().numTensors).toBe(before);
    const wanted = reference(rule, decay);
    // Ten steps of some ten 32-bit roundings each on numbers about 1: 100 * 6e-8.
    got.forEach((row, k) => {
      row.forEach((value, i) => {
        expect(Math.abs(value - (wanted[k]?.[i] ?? Number.NaN)), `group ${k}, ${i}`).toBeLessThan(6e-6);
      });
    });
    // And the decay is no rounding: without it the rule ends elsewhere, but only where it is to act.
    const other = reference(rule, decay === 0 ? DECAY : 0);
    const apart = groups.map((__, k) =>
      Math.max(...(got[k] ?? []).map((value, i) => Math.abs(value - (other[k]?.[i] ?? Number.NaN)))),
    );
    expect(apart[0]).toBeGreaterThan(1e-3);
    expect(apart[1]).toBeLessThan(6e-6);
    expect(apart[2]).toBeGreaterThan(1e-3);
  });
});

describe('which weights decay', () => {
  const networks = {
    small: smallCnn(32, 8, createRandom(1)),
    mobile: mobileFaceNet({ inputSize: 112, embeddingSize: 8, width: 1 }, createRandom(1)),
  };
  const start = { centres: new Float32Array(16), dimension: 8, scale: 8, sampledClasses: 2 };
  const head = createHead({ kind: 'none' }, start, createRandom(1));
  afterAll(() => {
    networks.small.dispose();
    networks.mobile.dispose();
    disposeHead(head.head);
  });

  it.each(['small', 'mobile'] as const)('kernels and centres do, norms and slopes do not: %s', (which) => {
    const network = networks[which];
    const all = parameters({ network, ...head }, { headRateFactor: 10, stageRateFactor: 1 });
    const decays = new Map(all.map(({ variable, decay }) => [variable, decay]));
    expect(all).toHaveLength(network.trainableWeights.length + 1);
    for (const weight of network.trainableWeights) {
      const kind = weight.originalName.split('/').at(-1) ?? '';
      expect(['kernel', 'depthwise_kernel', 'gamma', 'beta', 'alpha']).toContain(kind);
      expect(decays.get(weight.read() as tf.Variable), weight.originalName).toBe(kind.endsWith('kernel'));
    }
    const centres = head.head.weights[0]?.variable;
    expect(all.at(-1)).toEqual({ variable: centres, decay: true, rateFactor: 10 });
    expect(all.slice(0, -1).every(({ rateFactor }) => rateFactor === 1)).toBe(true);
  });

  it('the stages of a network learn ever slower towards its beginning', () => {
    const network = networks.mobile;
    const factors = new Map(
      parameters({ network, ...head }, { headRateFactor: 10, stageRateFactor: 0.5 }).map((one) => [
        one.variable,
        one.rateFactor,
      ]),
    );
    const of = (name: string): number | undefined => {
      const weight = network.trainableWeights.find(({ originalName }) => originalName.startsWith(name));
      return factors.get(weight?.read() as tf.Variable);
    };
    // 112 -> 56 -> 28 -> 14 -> 7 -> 1: the edge that a layer puts out decides.
    expect(of('embedding/kernel')).toBe(1);
    expect(of('conv3/kernel')).toBe(1);
    expect(of('block5_1_project')).toBe(1);
    expect(of('block3_1_project')).toBe(0.5);
    expect(of('block1_1_project')).toBe(0.25);
    expect(of('conv1/kernel')).toBe(0.125);
  });
});
