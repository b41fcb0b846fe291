import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { presets } from '../../../src/config/presets.ts';
import type { TrainingConfig } from '../../../src/config/training-config.ts';
import type { LrFinderResult } from '../../../src/domain/lr-finder.ts';
import { CancelledError } from '../../../src/lib/problem.ts';
import type { TrainerEvent } from '../../../src/protocol/trainer.ts';
import { RunControl } from '../../../src/train/loop/run-control.ts';
import { findLearningRate } from '../../../src/train/lr-finder/find-learning-rate.ts';
import { trainRun } from '../../../src/train/whole-run/train-run.ts';
import { syntheticPeople } from './synthetic.ts';
import { startTrainer } from './worker.ts';

const config: TrainingConfig = {
  ...presets.scratch,
  backend: 'simd',
  epochs: 2,
  batchSize: 8,
  backbone: { kind: 'small-cnn', inputSize: 32, embeddingSize: 8 },
};
const data = await syntheticPeople(4, 8, 2);
const never = new AbortController().signal;
const search = (
  change: Partial<TrainingConfig> = {},
  onEvent: (event: TrainerEvent) => void = () => {},
  signal = never,
): Promise<LrFinderResult> => findLearningRate({ config: { ...config, ...change }, data }, signal, onEvent);

describe('a search for a learning rate', () => {
  it('draws a curve that falls, suggests a rate, and leaves runs and the backend as they were', async () => {
    const run = (): Promise<readonly number[]> =>
      trainRun({ config, data, verify: null }, new RunControl(), never, () => {}).then(
        ({ report }) => report.firstLosses,
      );
    const losses = await run();
    const before = tf.memory().numTensors;
    const seen: number[] = [];
    const found = await search({}, (event) => {
      if (event.kind === 'lr-finder') seen.push(event.points.length);
    });
    expect(tf.memory().numTensors).toBe(before);
    const { points, suggestion } = found;
    expect(points.length).toBeGreaterThan(30);
    expect(points[0]?.rate).toBeCloseTo(1e-5, 10);
    expect(Math.min(...points.map(({ smoothed }) => smoothed))).toBeLessThan(
      0.8 * (points[0]?.smoothed ?? 0),
    );
    expect(suggestion.rate).toBeGreaterThan(1e-4);
    expect(suggestion.rate).toBeLessThan(1);
    expect(seen.some((length) => length > 0 && length < points.length)).toBe(true);
    // Ten a second while it steps, and one for each kind of preparing.
    expect(seen.length).toBeLessThanOrEqual(10 * found.seconds + 6);
    expect((await search()).points).toEqual(points);
    expect(await run()).toEqual(losses);
  });

  it('holds the margin still: the loss of the first steps is that of the full one', async () => {
    const first = async (change: Partial<TrainingConfig>): Promise<number> =>
      (await search(change)).points[0]?.loss ?? 0;
    const full = await first({});
    expect(await first({ margin: { ...arcface, warmupFraction: 0 } })).toBe(full);
    expect(full).toBeGreaterThan((await first({ margin: { kind: 'none' } })) + 1);
  });

  it('stops where the loss diverges', async () => {
    const { points, suggestion } = await search({ margin: { kind: 'softmax' } });
    expect(points.at(-1)?.rate).toBeLessThan(10);
    expect(suggestion.why).toContain('diverges');
  });

  it('ends when cancelled, and frees what it had', async () => {
    await search();
    const before = tf.memory().numTensors;
    const abort = new AbortController();
    const searching = search(
      {},
      (event) => {
        if (event.kind === 'lr-finder' && event.points.length > 0) abort.abort();
      },
      abort.signal,
    );
    await expect(searching).rejects.toBeInstanceOf(CancelledError);
    expect(tf.memory().numTensors).toBe(before);
  });
});

const arcface = presets.scratch.margin.kind === 'arcface' ? presets.scratch.margin : expect.fail('ArcFace');

describe('the trainer worker', () => {
  it('does one thing at a time, says so, and keeps the trained model through a search', async () => {
    const trainer = startTrainer(() => {});
    try {
      await trainer.call('train', { config, data, verify: null });
      const abort = new AbortController();
      const searching = trainer.call('findLearningRate', { config, data }, abort.signal);
      await expect(trainer.call('train', { config, data, verify: null })).rejects.toThrow(
        'A learning-rate search is still going on.',
      );
      await expect(trainer.call('exportModel', { format: 'tfjs', name: 'x' })).rejects.toThrow(
        'still going on',
      );
      abort.abort();
      await expect(searching).rejects.toBeInstanceOf(CancelledError);
      const { suggestion } = await trainer.call('findLearningRate', { config, data });
      expect(suggestion.rate).not.toBeNull();
      const { check } = await trainer.call('exportModel', { format: 'tfjs', name: 'x' });
      expect(check.maxDifference).toBeLessThan(1e-5);
      await expect(trainer.call('train', { config, data, verify: null })).resolves.toBeDefined();
    } finally {
      trainer.close();
    }
  });
});
