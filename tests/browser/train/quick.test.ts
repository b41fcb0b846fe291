import { expect, it } from 'vitest';
import { presets } from '../../../src/config/presets.ts';
import type { TrainerEvent } from '../../../src/protocol/trainer.ts';
import { startTrainer } from './worker.ts';
import { loadCctv } from './cctv.ts';

const data = await loadCctv();

it.skipIf(!data)('learns CCTV-like faces: better on people it has never seen', async () => {
  if (!data) return;
  const events: TrainerEvent[] = [];
  const t0 = performance.now();
  const trainer = startTrainer((event) => {
    events.push(event);
    if (event.kind !== 'steps' && event.kind !== 'epoch') console.warn(Math.round(performance.now() - t0), JSON.stringify(event).slice(0, 300));
  });
  const report = await trainer.call('train', { config: presets.quick, data: data.train, verify: data.verify });
  console.warn(JSON.stringify({ ...report, epochs: report.epochs.map(e=>[e.epoch,e.loss,e.trainAccuracy,e.heldOutAccuracy,e.verification?.auc,e.verification?.accuracy, e.best]), baseline:0, best:report.best.epoch, verify: [report.verify?.baseline, report.verify?.best].map(v=>v&&[v.accuracy,v.auc,v.tarAtFar])}, null,1));
  expect(report.verify?.best.accuracy).toBeGreaterThanOrEqual(0.78);
});
