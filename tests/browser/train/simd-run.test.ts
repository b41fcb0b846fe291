import * as tf from '@tensorflow/tfjs-core';
import { afterEach, describe, expect, it } from 'vitest';
import { presets } from '../../../src/config/presets.ts';
import type { TrainingConfig } from '../../../src/config/training-config.ts';
import { bestOptions, simdBackend, startSimd } from '../../../src/engine/simd/start.ts';
import { present } from '../../../src/lib/assert.ts';
import type { TrainerEvent } from '../../../src/protocol/trainer.ts';
import { RunControl } from '../../../src/train/loop/run-control.ts';
import { FailedRunError } from '../../../src/train/run/trained.ts';
import { trainRun } from '../../../src/train/whole-run/train-run.ts';
import { syntheticPeople } from './synthetic.ts';

const config: TrainingConfig = {
  ...presets.scratch,
  backend: 'simd',
  epochs: 3,
  batchSize: 8,
  backbone: { kind: 'small-cnn', inputSize: 32, embeddingSize: 8 },
};
const data = await syntheticPeople(3, 6, 2);
const run = (
  change: Partial<TrainingConfig> = {},
  onEvent: (event: TrainerEvent) => void = () => {},
): ReturnType<typeof trainRun> =>
  trainRun(
    { config: { ...config, ...change }, data, verify: null },
    new RunControl(),
    new AbortController().signal,
    onEvent,
  );
const used = (): number => simdBackend()?.threads.heap.used ?? Number.NaN;

afterEach(() => tf.removeBackend('simd'));

describe('a run on simd', () => {
  it('gives the same losses with one thread, with two, without shared memory, without relaxed SIMD', async () => {
    const losses = [];
    for (const options of [
      { threads: 1, relaxed: true, shared: true },
      { threads: 2, relaxed: true, shared: true },
      { threads: 1, relaxed: true, shared: false },
      { threads: 2, relaxed: false, shared: true },
    ]) {
      await startSimd(options);
      const { report } = await run();
      expect(report.backend.threads).toBe(options.threads);
      losses.push(report.firstLosses);
    }
    const [one, two, alone, fixed] = losses.map((list) => present(list, 'losses'));
    expect(one?.length).toBeGreaterThan(3);
    expect(two).toEqual(one);
    expect(alone).toEqual(one);
    // Multiply-add rounded twice instead of once.
    for (const [i, loss] of (one ?? []).entries()) {
      expect(Math.abs(loss - (fixed?.[i] ?? Number.NaN)) / loss).toBeLessThan(1e-4);
    }
  });

  it('keeps as many tensors and as much memory after a thousand steps as after a few', async () => {
    await startSimd();
    const heap = new Map<number, { tensors: number; bytes: number; taken: number }>();
    await run({ epochs: 500 }, (event) => {
      if (event.kind !== 'epochs') return;
      heap.set(event.latest.epoch, {
        tensors: tf.memory().numTensors,
        bytes: used(),
        taken: present(simdBackend(), 'the backend').threads.heap.size,
      });
    });
    const all = [...heap].sort(([a], [b]) => a - b);
    expect(all.at(-1)?.[0]).toBe(500);
    const early = present(all.find(([epoch]) => epoch >= 20)?.[1], 'an early epoch');
    const late = present(all.at(-1)?.[1], 'the last epoch');
    // Up to 16 steps of numbers wait to be read, a piece of the smallest size each.
    expect(late.tensors - early.tensors).toBeLessThan(24);
    expect(late.bytes - early.bytes).toBeLessThan(24 * 64 + 1);
    expect(late.taken).toBe(early.taken);
  });

  it('ends in words when a thread dies, keeps the best, and the next run computes again', async () => {
    const backend = await startSimd({ ...bestOptions(), threads: 2, lostAfterMs: 300 });
    const failure = await run({ epochs: 500 }, (event) => {
      if (event.kind === 'epochs' && event.latest.epoch >= 2) backend.threads.helpers[0]?.terminate();
    }).catch((thrown: unknown) => thrown);
    if (!(failure instanceof FailedRunError)) throw failure;
    expect(failure.message).toContain('thread');
    expect(failure.message).toContain('Start the run again');
    expect(failure.trained.report.curve.length).toBeGreaterThan(2);
    expect(failure.trained.centres.every(Number.isFinite)).toBe(true);
    const again = await run();
    expect(simdBackend()).not.toBe(backend);
    expect(again.report.firstLosses.every(Number.isFinite)).toBe(true);
  });

  it('ends in words when the memory is used up, says what would fit, and a smaller batch then runs', async () => {
    await startSimd({ ...bestOptions(), mostPages: 320 });
    const failure = await run({
      backbone: { kind: 'small-cnn', inputSize: 112, embeddingSize: 8 },
      batchSize: 16,
    }).catch((thrown: unknown) => thrown);
    if (!(failure instanceof FailedRunError)) throw failure;
    expect(failure.message).toMatch(/ran out of memory.*smaller batch/);
    expect(failure.trained.report.baseline.epoch).toBe(0);
    const before = used();
    const again = await run();
    expect(again.report.firstLosses.every(Number.isFinite)).toBe(true);
    expect(used()).toBe(before);
  });
});
