import { expect, it } from 'vitest';
import { presets } from '../../../src/config/presets.ts';
import type { TrainingConfig } from '../../../src/config/training-config.ts';
import { startBackend } from '../../../src/engine/selection/start-backend.ts';
import { createRandom } from '../../../src/lib/random.ts';
import { Trainer } from '../../../src/train/step/trainer.ts';
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
  const config: TrainingConfig = {
    ...presets.scratch,
    augment: presets.quick.augment,
    backbone: { kind: 'mobilefacenet', inputSize: 32, embeddingSize: 192, width: 1 },
    // Without decay only a gradient can move a weight.
    weightDecay: 0,
  };
  const task = await createTask({
    images: data.faces,
    training: { faces: labels.map((_, face) => face), labels, classes: PEOPLE },
    config,
    scale: 8,
    customModel: null,
    cache: null,
    random: createRandom(7),
    signal: new AbortController().signal,
    onPreparing: () => {},
  });
  const { network } = task.learner;
  const trainer = new Trainer(task.learner, config);
  const inputs = task.inputs(data.faces.map((_, face) => face));
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
    const start = performance.now();
    // A rate this small lets no step overshoot.
    const numbers = await trainer.step([{ inputs, labels }], { rate: 5e-4 });
    losses.push((await numbers.data())[0] ?? Number.NaN);
    numbers.dispose();
    console.warn(
      `step ${step + 1}: loss ${losses.at(-1)}, ${((performance.now() - start) / 1000).toFixed(0)} s`,
    );
  }
  const after = await read();
  trainer.dispose();
  inputs.dispose();
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
