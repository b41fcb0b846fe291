import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { presets } from '../../../src/config/presets.ts';
import type { TrainingConfig } from '../../../src/config/training-config.ts';
import { CancelledError } from '../../../src/lib/problem.ts';
import type { TrainerEvent } from '../../../src/protocol/trainer.ts';
import { RunControl } from '../../../src/train/loop/run-control.ts';
import { FailedRunError } from '../../../src/train/run/trained.ts';
import { trainRun } from '../../../src/train/whole-run/train-run.ts';
import { syntheticPeople } from './synthetic.ts';

const config: TrainingConfig = {
  ...presets.scratch,
  backend: 'cpu',
  epochs: 2,
  batchSize: 8,
  backbone: { kind: 'small-cnn', inputSize: 32, embeddingSize: 8 },
};
const data = await syntheticPeople(3, 6, 2);
const never = new AbortController().signal;
const run = (
  change: Partial<TrainingConfig> = {},
  control = new RunControl(),
  onEvent: (event: TrainerEvent) => void = () => {},
  signal = never,
) => trainRun({ config: { ...config, ...change }, data, verify: null }, control, signal, onEvent);

describe('a run', () => {
  it('is the same again with the same seed, another with another, and leaves nothing on the backend', async () => {
    const first = await run();
    const before = tf.memory().numTensors;
    const again = await run();
    expect(tf.memory().numTensors).toBe(before);
    expect(again.report.firstLosses).toEqual(first.report.firstLosses);
    expect(first.report.firstLosses.length).toBeGreaterThan(1);
    const other = await run({ seed: 2 });
    expect(other.report.firstLosses).not.toEqual(first.report.firstLosses);
  });

  it('keeps as many tensors after many steps as after one', async () => {
    const most = async (epochs: number): Promise<number> => {
      let tensors = 0;
      await run({ epochs }, new RunControl(), (event) => {
        if (event.kind === 'epochs') tensors = Math.max(tensors, tf.memory().numTensors);
      });
      return tensors;
    };
    // Up to 16 steps of numbers wait to be read; one tensor lost in each step would be more.
    expect((await most(30)) - (await most(1))).toBeLessThan(24);
  });

  it('says what it cannot measure with three people', async () => {
    const { report } = await run({ epochs: 1 });
    expect(report.split.notMeasured.join(' ')).toContain('at least 8 people');
    expect(report.remarks.join(' ')).not.toContain('at least 8 people');
    expect(report.best.verification).toBeNull();
  });

  it('pauses, goes on, and stops with the best so far', async () => {
    const control = new RunControl();
    const seen: string[] = [];
    const { report } = await run({ epochs: 500 }, control, (event) => {
      if (event.kind === 'status') seen.push(event.status);
      if (event.kind === 'epochs' && event.latest.epoch > 0) {
        if (seen.includes('paused')) control.stop();
        else control.pause();
      }
      if (event.kind === 'status' && event.status === 'paused') setTimeout(() => control.resume(), 50);
    });
    expect(seen).toEqual(['preparing', 'running', 'paused', 'running']);
    expect(report.stopped).toBe(true);
    expect(report.curve.length).toBeLessThan(500);
  });

  it('ends when cancelled', async () => {
    const abort = new AbortController();
    const running = run(
      { epochs: 500 },
      new RunControl(),
      (event) => {
        if (event.kind === 'epochs') abort.abort();
      },
      abort.signal,
    );
    await expect(running).rejects.toBeInstanceOf(CancelledError);
  });

  it('goes back with a smaller rate when the loss runs away, and ends well', async () => {
    const told: string[] = [];
    const { report } = await run(
      { epochs: 20, backend: 'simd', margin: { kind: 'softmax' }, learningRate: 1 },
      new RunControl(),
      (event) => {
        if (event.kind === 'rolled-back') told.push(event.text);
      },
    );
    expect(told.length).toBeGreaterThan(0);
    expect(told[0]).toMatch(
      /^At step \d+ the loss .* was rolled back to step \d+ and continues with 1\/2 of the learning rate\.$/,
    );
    expect(report.remarks).toEqual(expect.arrayContaining(told));
    expect(report.curve.at(-1)?.epoch).toBe(20);
    expect(report.curve.every(({ loss }) => loss === null || Number.isFinite(loss))).toBe(true);
  });

  it('ends in words when it runs away again and again, and keeps what was there before', async () => {
    const failure = await run({ epochs: 50, learningRate: 10, weightDecay: 1, headRateFactor: 1000 }).catch(
      (thrown: unknown) => thrown,
    );
    expect(failure).toBeInstanceOf(FailedRunError);
    if (failure instanceof FailedRunError) {
      expect(failure.problem.what).toMatch(/diverged: .* Rolling back 3 times/);
      expect(failure.trained.report.best.epoch).toBeGreaterThanOrEqual(0);
      expect(failure.trained.centres.every(Number.isFinite)).toBe(true);
    }
  });

  it('ends early when nothing gets better, and says so', async () => {
    // A rate of next to nothing changes no accuracy.
    const { report } = await run({ epochs: 30, patience: 3, learningRate: 1e-9 });
    const last = report.curve.at(-1)?.epoch ?? 0;
    expect(last).toBeLessThan(30);
    expect(last - report.best.epoch).toBe(3);
    expect(report.remarks.join(' ')).toContain(`after epoch ${last} of 30`);
    expect(report.stopped).toBe(false);
  });
});

describe('every kind of margin and recipe trains', () => {
  const W = { warmupFraction: 0.3 };
  const margins: TrainingConfig['margin'][] = [
    { kind: 'arcface', m: 0.5, easy: true, pastPi: 'dropped', gradient: 'straight-through', ...W },
    { kind: 'cosface', m3: 0.35, ...W },
    { kind: 'sphereface', m1: 1.35, gradient: 'straight-through', ...W },
    { kind: 'combined', m1: 1, m2: 0.3, m3: 0.2, gradient: 'exact', ...W },
    { kind: 'sub-center', m: 0.5, subCentres: 3, pastPi: 'cosine', ...W },
    { kind: 'adaface', m: 0.4, h: 0.333, firstStatistics: 'batch', ...W },
    {
      kind: 'magface',
      lowerMargin: 0.45,
      upperMargin: 0.8,
      lowerLength: 10,
      upperLength: 110,
      lengthWeight: 35,
      easy: true,
      pastPi: 'continued',
      ...W,
    },
    { kind: 'curricularface', m: 0.5, pastPi: 'dropped', ...W },
    { kind: 'elastic-arcface', m: 0.5, deviation: 0.0125, pastPi: 'continued', ...W },
    { kind: 'elastic-cosface', m3: 0.35, deviation: 0.0125, ...W },
    {
      kind: 'sphereface2',
      m3: 0.4,
      positiveShare: 0.7,
      power: 3,
      lossWeight: 1,
      gradient: 'straight-through',
      ...W,
    },
    { kind: 'none' },
    { kind: 'softmax' },
  ];
  const recipe = {
    backend: 'simd',
    epochs: 25,
    accumulation: 2,
    clipNorm: 5,
    weightAveraging: 0.9,
    stageRateFactor: 0.9,
    labelSmoothing: 0.05,
    schedule: { kind: 'polynomial', warmupFraction: 0.1, power: 1, finalFraction: 0 },
  } as const;
  it.each(margins)('$kind', async (margin) => {
    const { report, centres } = await run({ ...recipe, margin });
    const before = tf.memory().numTensors;
    const again = await run({ ...recipe, margin });
    expect(tf.memory().numTensors).toBe(before);
    expect(again.report.firstLosses).toEqual(report.firstLosses);
    expect(centres).toHaveLength(3 * 8);
    expect(report.curve.at(-1)?.trainAccuracy).toBeGreaterThan(0.9);
    expect(report.remarks.join(' ')).not.toContain('learning rate');
  });
  it('with centres of which a step sees a part', async () => {
    const many = await syntheticPeople(12, 4, 2);
    const result = await trainRun(
      {
        config: { ...config, ...recipe, batchSize: 4, sampledCentres: 0.01, accumulation: 1, epochs: 40 },
        data: many,
        verify: null,
      },
      new RunControl(),
      never,
      () => {},
    );
    expect(result.report.curve.at(-1)?.trainAccuracy).toBeGreaterThan(0.8);
    expect(result.centres).toHaveLength(result.classes.length * 8);
  });
});
