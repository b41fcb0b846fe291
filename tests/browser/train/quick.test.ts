import { expect, it } from 'vitest';
import { presets } from '../../../src/config/presets.ts';
import type { TrainerEvent } from '../../../src/protocol/trainer.ts';
import { RunControl } from '../../../src/train/control.ts';
import { trainRun } from '../../../src/train/run.ts';
import { loadCctv } from './cctv.ts';

const data = await loadCctv();

it.skipIf(!data)('learns CCTV-like faces: better on people it has never seen', async () => {
  if (!data) return;
  const events: TrainerEvent[] = [];
  const { report } = await trainRun(
    { config: presets.quick, data: data.train, verify: data.verify },
    new RunControl(),
    new AbortController().signal,
    (event) => events.push(event),
  );
  console.warn(
    JSON.stringify(
      {
        ...report,
        epochs: report.epochs.map((e) => [
          e.epoch,
          e.loss,
          e.trainAccuracy,
          e.heldOutAccuracy,
          e.verification?.auc,
          e.verification?.accuracy,
          e.best,
        ]),
        baseline: 0,
        best: report.best.epoch,
        verify: [report.verify?.baseline, report.verify?.best].map(
          (v) => v && [v.accuracy, v.auc, v.tarAtFar],
        ),
      },
      null,
      1,
    ),
  );
  expect(report.verify?.best.accuracy).toBeGreaterThanOrEqual(0.78);
});
