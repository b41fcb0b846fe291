import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import type { BackendName } from '../../../src/config/training-config.ts';
import { startBackend } from '../../../src/engine/selection/start-backend.ts';
import { present } from '../../../src/lib/assert.ts';
import { createRandom } from '../../../src/lib/random.ts';
import { clipGlobalNorm } from '../../../src/train/step/clip.ts';

/** As many gradients as networks have, and more than a shader can take at once. */
const MANY = 40;
const LONGEST = 5;

describe.each<BackendName>([
  'simd',
  'cpu',
  'webgl',
  'webgpu',
])('clipping by the global norm on %s', (backend) => {
  it(`shortens ${MANY} gradients as 64 bits do`, async () => {
    await startBackend(backend);
    const random = createRandom(3).fork('gradients');
    const given = Array.from({ length: MANY }, (_, i) =>
      Array.from({ length: 1 + 7 * i }, () => random.normal()),
    );
    const length = Math.hypot(...given.flat());
    expect(length).toBeGreaterThan(2 * LONGEST);
    const grads = Object.fromEntries(given.map((values, i) => [`${i}`, tf.tensor1d(values)]));
    const clipped = clipGlobalNorm(grads, LONGEST);
    for (const [i, values] of given.entries()) {
      const tensor = present(clipped[`${i}`], 'the gradient');
      const ours = await tensor.data<'float32'>();
      const right = values.map((value) => (value * LONGEST) / length);
      const off = Math.max(...right.map((value, k) => Math.abs(value - (ours[k] ?? Number.NaN))));
      expect(off).toBeLessThan(1e-6);
    }
    tf.dispose(clipped);
  });
});
