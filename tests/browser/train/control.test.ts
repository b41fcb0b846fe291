import { describe, expect, it } from 'vitest';
import { presets } from '../../../src/config/presets.ts';
import type { TrainingConfig } from '../../../src/config/training-config.ts';
import { CancelledError } from '../../../src/lib/problem.ts';
import type { TrainerEvent } from '../../../src/protocol/trainer.ts';
import { RunControl } from '../../../src/train/loop/run-control.ts';
import { trainRun } from '../../../src/train/whole-run/train-run.ts';
import { syntheticPeople } from './synthetic.ts';

const data = await syntheticPeople(9, 8, 2);
const scratch: TrainingConfig = {
  ...presets.scratch,
  backend: 'simd',
  epochs: 300,
  batchSize: 8,
  backbone: { kind: 'small-cnn', inputSize: 32, embeddingSize: 8 },
};
const quick: TrainingConfig = { ...presets.quick, backend: 'simd' };

/** A message of the page: handled when the work yields to the event loop, and not before. */
const message = (action: () => void): void => {
  setTimeout(action, 0);
};

/** A run, with what it tells as `status` or `what done`; `react` is told the same and may send messages. */
function start(config: TrainingConfig, react: (told: string, control: RunControl) => void) {
  const control = new RunControl();
  const told: string[] = [];
  const tell = (event: TrainerEvent): void => {
    if (event.kind === 'status') told.push(event.status);
    else if (event.kind === 'preparing') told.push(`${event.what} ${event.done}`);
    else return;
    react(told.at(-1) ?? '', control);
  };
  const running = trainRun({ config, data, verify: null }, control, new AbortController().signal, tell);
  return { running, told, control };
}

const FEATURES = 'Computing the features of each face';
const BEFORE = 'Evaluating the network before training';
const AFTER = 'Evaluating the best epoch';
const at = (told: readonly string[], what: string): string[] => told.filter((one) => one.startsWith(what));

describe('a run that is paused or stopped', () => {
  it('while features are computed pauses between two batches, goes on, and stops between two', async () => {
    const { running, told } = start(quick, (now, control) => {
      if (now === `${FEATURES} 8`) message(() => control.pause());
      if (now === 'paused') message(() => control.resume());
      // Batches are told at most ten times a second: whichever comes first after the pause.
      if (now.startsWith(FEATURES) && at(told, 'paused').length > 0) message(() => control.stop());
    });
    await expect(running).rejects.toBeInstanceOf(CancelledError);
    const statuses = told.filter((one) => ['preparing', 'paused', 'running'].includes(one));
    expect(statuses.slice(0, 3)).toEqual(['preparing', 'paused', 'preparing']);
    expect(told).not.toContain(`${BEFORE} 1`);
    expect(told).not.toContain('running');
  });

  it('while the network before training is evaluated pauses, and stops with nothing to keep', async () => {
    const { running, told } = start(scratch, (now, control) => {
      if (now.startsWith(BEFORE) && !told.includes('paused')) message(() => control.pause());
      if (now === 'paused') message(() => control.stop());
    });
    await expect(running).rejects.toBeInstanceOf(CancelledError);
    expect(told).toContain('paused');
    expect(told).not.toContain('running');
  });

  it('while the best epoch is evaluated pauses, goes on and ends well, its pauses not counted', async () => {
    let paused = 0;
    const { running, told } = start({ ...scratch, epochs: 8 }, (now, control) => {
      if (now.startsWith(AFTER) && paused === 0) message(() => control.pause());
      if (now === 'paused') {
        paused = performance.now();
        setTimeout(() => {
          paused = performance.now() - paused;
          control.resume();
        }, 300);
      }
    });
    const begin = performance.now();
    const { report } = await running;
    expect(told.slice(told.indexOf('paused')).slice(0, 2)).toEqual(['paused', 'running']);
    const { prepare, train, evaluate } = report.seconds;
    expect(prepare + train + evaluate).toBeLessThan((performance.now() - begin - paused) / 1000 + 0.01);
    expect(report.stopped).toBe(false);
  });

  it('while it trains keeps the best so far, with a report as of any run', async () => {
    const { running } = start(scratch, (now, control) => {
      if (now === 'running') setTimeout(() => control.stop(), 300);
    });
    const { report, centres } = await running;
    expect(report.stopped).toBe(true);
    expect(report.curve.at(-1)?.epoch).toBeLessThan(300);
    expect(report.best.verification?.operatingPoints.length).toBeGreaterThan(0);
    expect(report.best.verification?.genuinePairs).toBe(report.baseline.verification?.genuinePairs);
    expect(centres.every(Number.isFinite)).toBe(true);
  });

  it('evaluates a sample after an epoch and all held-out people at both ends', async () => {
    const { report } = await start({ ...scratch, epochs: 4 }, () => {}).running;
    expect(report.evaluated).toEqual({ faces: 48, of: 72 });
    // 3 people of 8 photos.
    expect(report.baseline.verification).toMatchObject({ genuinePairs: 3 * 28, impostorPairs: 3 * 64 });
    expect(report.best.verification).toMatchObject({ genuinePairs: 3 * 28, impostorPairs: 3 * 64 });
    expect(report.curve).toHaveLength(5);
  });
});
