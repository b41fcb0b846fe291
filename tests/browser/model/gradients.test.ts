import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import type { BackendName } from '../../../src/config/training-config.ts';
import { startBackend } from '../../../src/engine/selection/start-backend.ts';
import { createRandom } from '../../../src/lib/random.ts';
import { NORM } from '../../../src/model/backbones/shared/layers.ts';
import { smallCnn } from '../../../src/model/backbones/small-cnn/build.ts';
import type { Centres } from '../../../src/model/heads/centres.ts';
import { headOf } from '../../../src/model/heads/create-head.ts';
import { lossOf } from '../../../src/model/heads/head.ts';
import { type Problem, referenceLoss, referenceSlope, type Values, type Weights } from './reference.ts';

/**
 * The gradients of the whole small CNN, and of the one dense layer that Quick trains, on every backend against
 * differences of a naive 64-bit loss.
 *
 * Tolerance, relative to the largest entry of a weight's gradient: 32-bit numbers have a unit roundoff of 6e-8 and the
 * longest sum here has 512 terms, so rounding gives 512 * 6e-8 = 3e-5 at the very worst, and about the square root of
 * that many terms, 1e-6, usually (measured: 1e-7 to 2e-6). The differences themselves are right to 1e-8. The
 * design asks for 1e-4; a wrong formula is off by percents.
 */
const TOLERANCE = 3e-5;
const BATCH = 4;
const CLASSES = 3;
/** Two halvings, 16 -> 4: the smallest that has every kind of layer twice. */
const EDGE = 16;
const FEATURES = 32;
const EMBEDDING = 8;
const LABELS = [0, 1, 2, 1];
const MARGIN = {
  kind: 'arcface',
  m: 0.5,
  easy: false,
  pastPi: 'continued',
  gradient: 'exact',
  warmupFraction: 0,
} as const;
const DIRECTIONS = 3;
const ENTRIES = 12;

const random = createRandom(4711);
const normal = (count: number, mean = 0, deviation = 1): Float64Array =>
  // Rounded to 32 bits, so that both sides start from the same numbers.
  Float64Array.from({ length: count }, () => Math.fround(mean + deviation * random.normal()));
const values = (shape: readonly number[], mean = 0, deviation = 1): Values => ({
  shape,
  data: normal(
    shape.reduce((product, size) => product * size, 1),
    mean,
    deviation,
  ),
});

/** Away from what the layers start with: slopes, factors and shifts all matter. */
function weightsFor(workload: 'frozen' | 'end-to-end'): Weights {
  const head: [string, Values][] = [['centres', values([CLASSES, EMBEDDING])]];
  if (workload === 'frozen')
    return new Map([['embedding/kernel', values([FEATURES, EMBEDDING], 0, 0.2)], ...head]);
  const norm = (name: string, channels: number): [string, Values][] => [
    [`${name}/gamma`, values([channels], 1, 0.2)],
    [`${name}/beta`, values([channels], 0, 0.3)],
  ];
  return new Map([
    ['conv1/kernel', values([3, 3, 3, 16], 0, 0.3)],
    ...norm('norm1', 16),
    ['prelu1/alpha', values([1, 1, 16], 0.25, 0.1)],
    ['conv2/kernel', values([3, 3, 16, 32], 0, 0.1)],
    ...norm('norm2', 32),
    ['prelu2/alpha', values([1, 1, 32], 0.25, 0.1)],
    ['embedding/kernel', values([512, EMBEDDING], 0, 0.05)],
    ...norm('embedding_norm', EMBEDDING),
    ...head,
  ]);
}

const problemFor = (workload: 'frozen' | 'end-to-end'): Problem => ({
  inputs: values(workload === 'frozen' ? [BATCH, FEATURES] : [BATCH, EDGE, EDGE, 3]),
  labels: LABELS,
  margin: MARGIN.m,
  scale: 8,
  normEpsilon: NORM.epsilon,
});

/** Loss and gradients as the program computes them, on the backend that is active. */
async function computed(weights: Weights, problem: Problem, workload: 'frozen' | 'end-to-end') {
  const network = workload === 'end-to-end' ? smallCnn(EDGE, EMBEDDING, createRandom(1)) : null;
  const variables = new Map<string, tf.Variable>();
  for (const weight of network?.trainableWeights ?? []) {
    const variable = weight.read();
    if (!(variable instanceof tf.Variable)) throw new Error(`${weight.name} cannot learn`);
    variables.set(weight.originalName, variable);
  }
  for (const [name, { shape, data }] of weights) {
    const tensor = tf.tensor(Float32Array.from(data), [...shape]);
    const own = variables.get(name);
    if (own) own.assign(tensor);
    else variables.set(name, tf.variable(tensor));
    tensor.dispose();
  }
  expect([...variables.keys()].sort()).toEqual([...weights.keys()].sort());
  const get = (name: string): tf.Variable => {
    const found = variables.get(name);
    if (!found) throw new Error(`no ${name}`);
    return found;
  };
  const { value, grads } = tf.tidy(() => {
    const inputs = tf.tensor(Float32Array.from(problem.inputs.data), [...problem.inputs.shape]);
    return tf.variableGrads(() => {
      const embeddings: tf.Tensor2D = network
        ? (network.apply(inputs, { training: true }) as tf.Tensor2D)
        : tf.matMul<tf.Tensor2D>(inputs as tf.Tensor2D, get('embedding/kernel') as tf.Tensor2D);
      const head = headOf(MARGIN, get('centres') as Centres, problem.scale, createRandom(1));
      const settings = { strength: 1, scale: problem.scale, smoothing: 0 };
      return lossOf(head, embeddings, tf.tensor1d(LABELS, 'int32'), settings).loss;
    }, [...variables.values()]);
  });
  const gradients = new Map<string, Float32Array>();
  for (const [name, variable] of variables) {
    const gradient = grads[variable.name];
    if (!gradient) throw new Error(`no gradient of ${name}`);
    gradients.set(name, await gradient.data<'float32'>());
    gradient.dispose();
  }
  const loss = (await value.data())[0] ?? Number.NaN;
  value.dispose();
  for (const variable of variables.values()) variable.dispose();
  return { loss, gradients };
}

const cases: [BackendName, 'frozen' | 'end-to-end'][] = [
  ['cpu', 'frozen'],
  ['simd', 'frozen'],
  ['webgl', 'frozen'],
  ['webgpu', 'frozen'],
  ['cpu', 'end-to-end'],
  ['simd', 'end-to-end'],
  ['webgl', 'end-to-end'],
  ['webgpu', 'end-to-end'],
];
const inputs = {
  frozen: { weights: weightsFor('frozen'), problem: problemFor('frozen') },
  'end-to-end': { weights: weightsFor('end-to-end'), problem: problemFor('end-to-end') },
};

/** For each weight: a few directions through all of its entries, and a few single entries. */
const probes = (['frozen', 'end-to-end'] as const).flatMap((workload) => {
  const { weights, problem } = inputs[workload];
  return [...weights].flatMap(([name, { data }]) => {
    const directions = [
      ...Array.from({ length: DIRECTIONS }, () => normal(data.length, 0, 1 / Math.sqrt(data.length))),
      ...Array.from({ length: Math.min(ENTRIES, data.length) }, () => {
        const one = new Float64Array(data.length);
        one[random.below(data.length)] = 1;
        return one;
      }),
    ];
    return directions.map((direction) => ({
      workload,
      name,
      direction,
      slope: referenceSlope(weights, name, direction, problem),
    }));
  });
});

describe.each(cases)('on %s, %s network', (backend, workload) => {
  it('loss and gradients are those of the definition in 64 bits', async () => {
    await startBackend(backend);
    expect(tf.getBackend()).toBe(backend);
    const { weights, problem } = inputs[workload];
    const { loss, gradients } = await computed(weights, problem, workload);
    const wanted = referenceLoss(weights, problem);
    expect(Math.abs(loss - wanted) / wanted).toBeLessThan(1e-5);
    let worst = { by: 0, name: '' };
    for (const { name, direction, slope } of probes.filter((probe) => probe.workload === workload)) {
      const gradient = gradients.get(name) ?? new Float32Array();
      const largest = gradient.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
      expect(largest, `${name} has a gradient`).toBeGreaterThan(0);
      const got = gradient.reduce((sum, value, i) => sum + value * (direction[i] ?? Number.NaN), 0);
      const by = Math.abs(got - slope) / largest;
      if (!(by <= worst.by)) worst = { by, name };
    }
    console.warn(`${backend}, ${workload}: worst ${worst.by.toExponential(1)} at ${worst.name}`);
    expect(worst.by, worst.name).toBeLessThan(TOLERANCE);
  });
});
