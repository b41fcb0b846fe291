import '@tensorflow/tfjs-layers'; // brings the gradients of the library's operations
import { describe, expect, it } from 'vitest';
import { startBackend } from '../../../src/engine/selection/start-backend.ts';
import { ANGLES, CLASSES, cases, computed, LABELS } from '../../margins/cases.ts';

/**
 * Every margin on every backend, values and gradients, against plain JavaScript's, which
 * tests/unit/model/margin-rows.test.ts holds to the definitions in 64 bits.
 */
describe.each(['simd', 'webgl', 'webgpu'] as const)('on %s', (backend) => {
  it.each(cases)('$name is what it is elsewhere', async (one) => {
    await startBackend('cpu');
    const wanted = await computed(one);
    await startBackend(backend);
    const got = await computed(one);
    expect(got.values.length).toBe(wanted.values.length);
    const columns = wanted.values.length / ANGLES.length;
    wanted.values.forEach((value, i) => {
      const angle = ANGLES[Math.floor(i / columns)] ?? 0;
      const ended = angle < 0.06 || angle > Math.PI - 0.06;
      expect(Math.abs((got.values[i] ?? Number.NaN) - value), `value ${i}`).toBeLessThan(ended ? 5e-3 : 2e-4);
    });
    wanted.slopes.forEach((slope, i) => {
      const other = got.slopes[i] ?? Number.NaN;
      expect(Number.isFinite(other)).toBe(true);
      const row = Math.floor(i / CLASSES);
      const angle = ANGLES[row] ?? 0;
      const own = i % CLASSES === LABELS[row];
      // At the ends the derivative is as large as the smallest sine allows, and what it multiplies is 0.
      if (own && (angle < 0.06 || angle > Math.PI - 0.06)) return;
      expect(Math.abs(other - slope), `slope ${i}`).toBeLessThan(2e-3 * Math.max(1, Math.abs(slope)));
    });
  });
});
