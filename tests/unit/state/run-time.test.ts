import { beforeEach, describe, expect, it } from 'vitest';
import { presets } from '../../../src/config/presets.ts';
import { estimateRun, secondsAtDefaultSpeed } from '../../../src/state/run/estimate.ts';
import { runDataOf } from '../../../src/state/run/run-data.ts';
import {
  addSteps,
  beginRun,
  changeStatus,
  initialRuns,
  type Run,
  runStore,
} from '../../../src/state/run/run-store.ts';
import { phasesOf, remainingOf } from '../../../src/state/run/timing.ts';
import { equalSet } from '../../fixtures/people.ts';

const START = 1000;

function begun(): Run {
  beginRun(presets.quick, runDataOf(equalSet(10, 10)), null, START);
  const run = runStore.getState().current;
  if (!run) throw new Error('no run');
  return run;
}

describe('the time of a run', () => {
  beforeEach(() => runStore.setState(initialRuns, true));
  const seconds = (s: number): number => START + 1000 * s;

  it('begins with Start: a run that prepares for 20 s and trains for 1 s took more than 21 s', () => {
    let run = changeStatus(begun(), { kind: 'status', status: 'preparing' }, seconds(0.1));
    run = changeStatus(run, { kind: 'status', status: 'running' }, seconds(20));
    const ended: Run = {
      ...run,
      status: 'done',
      times: { ...run.times, endedAt: seconds(26.8) },
      report: {
        baseline: epochReport,
        best: epochReport,
        evaluated: { faces: 20, of: 20 },
        verify: null,
        seconds: { prepare: 15, train: 1, evaluate: 5.8 },
        imagesPerSecond: 300,
        stopped: false,
        remarks: [],
        firstLosses: [],
      },
    };
    const { preparing, ...others } = phasesOf(ended, seconds(99));
    expect(preparing).toBeCloseTo(20);
    expect(others).toEqual({ training: 1, evaluation: 5.8, paused: 0, total: 26.8 });
  });

  it('is split while it runs, without the pauses', () => {
    let run: Run = { ...changeStatus(begun(), { kind: 'status', status: 'running' }, seconds(5)), split };
    expect(phasesOf(run, seconds(7))).toMatchObject({ preparing: 5, training: 2, evaluation: 0 });
    const point = { step: 20, epoch: 2, loss: 1, accuracy: 1, learningRate: 0.1 };
    const event = {
      kind: 'steps',
      points: [point],
      totalSteps: 100,
      imagesPerSecond: 40,
      secondsLeft: 24,
    } as const;
    run = addSteps(run, event);
    // 2 epochs of 64 photos at 40 photos a second.
    expect(phasesOf(run, seconds(11))).toEqual({
      preparing: 5,
      training: 3.2,
      evaluation: 2.8,
      paused: 0,
      total: 11,
    });
    const left = remainingOf(run);
    expect(left?.training).toBeCloseTo(12.8);
    expect(left?.evaluation).toBeCloseTo(11.2);
    run = changeStatus(run, { kind: 'status', status: 'paused' }, seconds(11));
    expect(phasesOf(run, seconds(14))).toMatchObject({ paused: 3, training: 3.2, total: 14 });
    run = changeStatus(run, { kind: 'status', status: 'running' }, seconds(15));
    expect(phasesOf(run, seconds(16)).paused).toBe(4);
    expect(phasesOf(run, seconds(16)).evaluation).toBeCloseTo(3.8);
  });

  it('keeps a wish to pause or to stop until it is done', () => {
    const running = changeStatus(begun(), { kind: 'status', status: 'running' }, seconds(1));
    expect(
      changeStatus({ ...running, pending: 'pausing' }, { kind: 'status', status: 'paused' }, seconds(2))
        .pending,
    ).toBeNull();
    expect(
      changeStatus({ ...running, pending: 'stopping' }, { kind: 'status', status: 'running' }, seconds(2))
        .pending,
    ).toBe('stopping');
  });
});

describe('the estimate of a run', () => {
  const photos = Array<number>(24).fill(20);
  const device = { threads: 2, slowness: {} };

  it('is of the order that was measured on two threads (docs/performance.md)', () => {
    // 942 photos: 28 s of features and 0.2 s of training; 9 epochs at 40 photos a second.
    const cctv = Array<number>(55).fill(17);
    const quick = secondsAtDefaultSpeed(presets.quick, cctv, 2) ?? 0;
    expect(quick).toBeGreaterThan(15);
    expect(quick).toBeLessThan(45);
    const finetune = secondsAtDefaultSpeed(presets.finetune, cctv, 2) ?? 0;
    expect(finetune).toBeGreaterThan(150);
    expect(finetune).toBeLessThan(400);
  });

  it('grows with photos, epochs and networks, and falls with threads', () => {
    const finetune = estimateRun(presets.finetune, photos, device)?.seconds ?? 0;
    expect(estimateRun(presets.quick, photos, device)?.seconds).toBeLessThan(finetune / 5);
    expect(estimateRun({ ...presets.finetune, epochs: 18 }, photos, device)?.seconds).toBeGreaterThan(
      1.7 * finetune,
    );
    expect(estimateRun(presets.finetune, [...photos, ...photos], device)?.seconds).toBeGreaterThan(finetune);
    expect(estimateRun(presets.finetune, photos, { ...device, threads: 4 })?.seconds).toBeLessThan(
      0.7 * finetune,
    );
  });

  it('is what runs took on this device, once there were some of the kind', () => {
    const plain = estimateRun(presets.quick, photos, device);
    const slow = { threads: 2, slowness: { 'auto/cached-features': 3 } };
    expect(plain?.measured).toBe(false);
    expect(estimateRun(presets.quick, photos, slow)).toEqual({
      seconds: 3 * (plain?.seconds ?? 0),
      measured: true,
    });
    expect(estimateRun(presets.finetune, photos, slow)?.measured).toBe(false);
  });

  it('is not given for a network of which nothing is known', () => {
    const backbone = {
      kind: 'custom',
      inputSize: 112,
      range: 'unit',
      frozenUpTo: null,
      cutSoftmax: false,
    } as const;
    expect(estimateRun({ ...presets.finetune, backbone }, photos, device)).toBeNull();
  });
});

const split = {
  trainPeople: 8,
  trainPhotos: 64,
  heldOutPhotos: 16,
  verificationPeople: ['a', 'b'],
  verificationPhotos: 20,
  notMeasured: [],
};
const epochReport = {
  epoch: 0,
  step: 0,
  loss: null,
  trainAccuracy: null,
  heldOutAccuracy: null,
  heldOutLoss: null,
  verification: null,
  angles: { binWidth: 3, target: [], nearestOther: [], targetMean: 30, nearestOtherMean: 80 },
  best: true,
};
