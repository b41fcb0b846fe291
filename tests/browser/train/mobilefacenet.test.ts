import * as tf from '@tensorflow/tfjs-core';
import { expect, it } from 'vitest';
import { presets } from '../../../src/config/presets.ts';
import { startBackend } from '../../../src/engine/selection/start-backend.ts';
import { createRandom } from '../../../src/lib/random.ts';
import { parameters } from '../../../src/train/step/learner.ts';
import { createOptimiser } from '../../../src/train/step/optimisers.ts';
import { trainStep } from '../../../src/train/step/step.ts';
import { createTask } from '../../../src/train/task/create-task.ts';
import { syntheticPeople } from './synthetic.ts';

const PEOPLE = 2;
const STEPS = 2;

/**
 * The whole of MobileFaceNet, trained for real, but briefly and on small pictures: at 112 pixels a step of four photos
 * takes 25 s on WebGL's software renderer (2 cores, no graphics card).
 */
it('MobileFaceNet learns from scratch: every weight and every norm moves, and the loss falls', async () => {
  await startBackend('webgl');
  const data = await syntheticPeople(PEOPLE, 2, 5);
  const labels = data.faces.map(({ person }) => person);
  const task = await createTask(
    data.faces.map(({ image }) => image),
    { faces: labels.map((_, face) => face), labels, classes: PEOPLE },
    {
      config: {
        ...presets.scratch,
        augment: presets.quick.augment,
        backbone: { kind: 'mobilefacenet', inputSize: 32, embeddingSize: 192, width: 1 },
      },
      scale: 8,
    },
    createRandom(7),
    new AbortController().signal,
    () => {},
  );
  const { network } = task.learner;
  const weights = parameters(task.learner, { headRateFactor: 1, stageRateFactor: 1 });
  // Without decay only a gradient can move a weight, and a rate this small lets no step overshoot.
  const optimiser = createOptimiser(presets.scratch.optimiser, weights, 0);
  const batch = {
    inputs: task.inputs(data.faces.map((_, face) => face)),
    labels: tf.tensor1d(labels, 'int32'),
  };
  const read = (): Promise<Float32Array[]> =>
    Promise.all(
      [...network.getWeights(), ...task.learner.head.weights.map(({ variable }) => variable)].map((weight) =>
        weight.data<'float32'>(),
      ),
    );
  const names = [...network.weights.map(({ originalName }) => originalName), 'centres'];

  const before = await read();
  const losses: number[] = [];
  for (let step = 0; step < STEPS; step++) {
    const variables = weights.map(({ variable }) => variable);
    const start = performance.now();
    const numbers = trainStep(task.learner, variables, optimiser, [batch], {
      strength: 1,
      scale: 8,
      smoothing: 0,
      clipNorm: 0,
      rate: 5e-4,
    });
    losses.push((await numbers.data())[0] ?? Number.NaN);
    numbers.dispose();
    console.warn(
      `step ${step + 1}: loss ${losses.at(-1)}, ${((performance.now() - start) / 1000).toFixed(0)} s`,
    );
  }
  const after = await read();
  optimiser.dispose();
  tf.dispose([batch.inputs, batch.labels]);
  task.dispose();

  expect(losses.every(Number.isFinite)).toBe(true);
  expect(losses[1]).toBeLessThan((losses[0] ?? 0) * 0.99);
  // 50 convolutions and dense layers, norms (factor, shift, two averages each), slopes, centres.
  expect(names.filter((name) => name.endsWith('kernel')).length).toBeGreaterThanOrEqual(50);
  const still = names.filter((_, i) => {
    const [old, now] = [before[i] ?? new Float32Array(), after[i] ?? new Float32Array()];
    return now.every((value, k) => value === old[k]);
  });
  expect(still).toEqual([]);
  const broken = names.filter((_, i) => !after[i]?.every(Number.isFinite));
  expect(broken).toEqual([]);
}, 300_000);
