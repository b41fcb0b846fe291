import { describe, expect, it } from 'vitest';
import { presets } from '../../../src/config/presets.ts';
import type { BackendName, TrainingConfig } from '../../../src/config/training-config.ts';
import type { TrainReport } from '../../../src/domain/training-report.ts';
import type { TrainerEvent } from '../../../src/protocol/trainer.ts';
import { RunControl } from '../../../src/train/loop/run-control.ts';
import { trainRun } from '../../../src/train/whole-run/train-run.ts';
import { samplePeople } from './sample-people.ts';

const config: TrainingConfig = {
  ...presets.scratch,
  epochs: 10,
  batchSize: 16,
  backbone: { kind: 'small-cnn', inputSize: 32, embeddingSize: 32 },
  augment: { ...presets.scratch.augment, mirror: false },
  // All eight people are trained on: this is about learning, not about people never seen.
  heldOut: { peopleFraction: 0, photosFraction: 0.25 },
};
const data = await samplePeople(8);

async function train(backend: BackendName, change: Partial<TrainingConfig> = {}): Promise<TrainReport> {
  const events: TrainerEvent[] = [];
  const { report } = await trainRun(
    { config: { ...config, backend, ...change }, data, verify: null },
    new RunControl(),
    new AbortController().signal,
    (event) => events.push(event),
  );
  return report;
}

describe.each(['cpu', 'simd', 'webgl', 'webgpu'] as const)('from scratch on %s', (backend) => {
  it('learns eight sample people at 32x32', async () => {
    const report = await train(backend);
    expect(report.backend.name).toBe(backend);
    const losses = report.curve.flatMap(({ loss }) => (loss === null ? [] : [loss]));
    expect(losses.at(-1)).toBeLessThan((report.firstLosses[0] ?? 0) / 2);
    expect(report.best.heldOutAccuracy).toBeGreaterThanOrEqual(0.9);
  }, 300_000); // the emulated graphics cards take a minute each where nothing else runs
});
