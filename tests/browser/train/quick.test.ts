import { expect, it } from 'vitest';
import { presets } from '../../../src/config/presets.ts';
import type { TrainerEvent } from '../../../src/protocol/trainer.ts';
import { loadCctv } from './cctv.ts';
import { startTrainer } from './worker.ts';

const data = await loadCctv();

// Skipped where the photographs of shared/data/cctv are missing.
it.skipIf(!data)('Quick learns CCTV-like faces: better on people it has never seen', async () => {
  if (!data) return;
  const events: TrainerEvent[] = [];
  const trainer = startTrainer((event) => events.push(event));
  try {
    const args = { config: presets.quick, data: data.train, verify: data.verify };
    const report = await trainer.call('train', args);
    expect(report.backend.name).toBe('simd');
    const { baseline, best } = report.verify ?? {};
    expect(baseline?.accuracy).toBeCloseTo(0.73, 2);
    expect(best?.accuracy).toBeGreaterThanOrEqual(0.78);
    expect((best?.accuracy ?? 0) - (baseline?.accuracy ?? 1)).toBeGreaterThanOrEqual(0.05);
    console.warn(`Quick on cctv: ${report.seconds.train.toFixed(1)} s of training`);
    const steps = events.filter(({ kind }) => kind === 'steps').length;
    const { train, evaluate } = report.seconds;
    // Ten a second, and what is left at the end.
    expect(steps).toBeLessThanOrEqual((train + evaluate) * 10 + 2);
    const { file, check } = await trainer.call('exportModel', { format: 'tfjs', name: 'cctv' });
    expect(check.maxDifference).toBeLessThanOrEqual(1e-5);
    const faces = data.verify.faces.slice(0, 2).map(({ image }) => image);
    const { embeddings } = await trainer.call('embed', { model: file, faces, backend: 'auto' });
    expect(embeddings.map((row) => Math.hypot(...row))).toEqual([expect.closeTo(1, 5), expect.closeTo(1, 5)]);
  } finally {
    trainer.close();
  }
});
