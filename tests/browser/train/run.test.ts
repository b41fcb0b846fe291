import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { presets } from '../../../src/config/presets.ts';
import type { TrainingConfig } from '../../../src/config/training-config.ts';
import { CancelledError } from '../../../src/lib/problem.ts';
import type { TrainerEvent } from '../../../src/protocol/trainer.ts';
import { RunControl } from '../../../src/train/control.ts';
import { BrokenRunError, trainRun } from '../../../src/train/run.ts';
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
    // Up to 16 steps of numbers wait to be read; one tensor lost in each step would be hundreds.
    expect((await most(200)) - (await most(1))).toBeLessThan(48);
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

  it('ends in words when the loss runs away, and keeps what was there before', async () => {
    const failure = await run({ epochs: 50, learningRate: 10, weightDecay: 1, headRateFactor: 1000 }).catch(
      (thrown: unknown) => thrown,
    );
    expect(failure).toBeInstanceOf(BrokenRunError);
    if (failure instanceof BrokenRunError) {
      expect(failure.problem.what).toContain('ran away');
      expect(failure.trained.report.best.epoch).toBeGreaterThanOrEqual(0);
    }
  });
});
