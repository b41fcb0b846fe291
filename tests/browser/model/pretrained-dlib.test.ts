import * as tf from '@tensorflow/tfjs-core';
import { expect, it } from 'vitest';
import { startBackend } from '../../../src/engine/selection/start-backend.ts';
import { present } from '../../../src/lib/assert.ts';
import { disposeBackbone, loadSplit } from '../../../src/model/backbones/pretrained.ts';
import golden from '../../fixtures/dlib-resnet-golden.json';

const EDGE = 150;
/** The formulas that the fixture states, by its names for them. */
const PICTURES: Record<string, (y: number, x: number, c: number) => number> = {
  ramp: (y, x, c) => (y * 7 + x * 13 + c * 29) % 256,
  bowl: (y, x, c) => 255 - Math.floor(((x - 75) ** 2 + (y - 67) ** 2) / 60) - c * 20,
  slope: (y, x, c) => (x + y + c * 8) % 256,
};
/** Weights of half precision are off by up to 2^-11 = 5e-4 each, which mostly cancels over a sum of hundreds. */
const TOLERANCE = 1e-3;

/** A committed picture as the network takes it, [1, 150, 150, 3]. */
function pictureOf(name: string): tf.Tensor4D {
  const picture = present(PICTURES[name], `the formula of ${name}`);
  const values = Float32Array.from({ length: EDGE * EDGE * 3 }, (_, i) => {
    const byte = picture(Math.floor(i / (3 * EDGE)), Math.floor(i / 3) % EDGE, i % 3);
    return (byte - 127.5) / 128;
  });
  return tf.tensor4d(values, [1, EDGE, EDGE, 3]);
}

// All three pictures where it is fast.
it.each([
  ['simd', 3],
  ['cpu', 1],
  ['webgl', 1],
  ['webgpu', 1],
] as const)("dlib's network gives on %s the numbers that were computed in float64 without it", async (name, count) => {
  await startBackend(name);
  const backbone = await loadSplit({ kind: 'pretrained-dlib' });
  expect(golden.cases.length).toBe(3);
  let worst = 0;
  for (const { name: picture, first, norm } of golden.cases.slice(0, count)) {
    const output = tf.tidy(() => backbone.whole.predict(pictureOf(picture)) as tf.Tensor);
    const embedding = await output.data<'float32'>();
    output.dispose();
    expect(embedding.length).toBe(128);
    first.forEach((value, i) => {
      worst = Math.max(worst, Math.abs((embedding[i] ?? Number.NaN) - value) / norm);
    });
    expect(Math.abs(Math.hypot(...embedding) / norm - 1)).toBeLessThan(TOLERANCE);
  }
  console.warn(`dlib on ${name}: off by ${worst.toExponential(1)} of the length at most`);
  expect(worst).toBeLessThan(TOLERANCE);
  disposeBackbone(backbone);
});

it("dlib's network has its published size, and gives in two parts what it gives whole", async () => {
  await startBackend('simd');
  const backbone = await loadSplit({ kind: 'pretrained-dlib' });
  expect([backbone.featureSize, backbone.embeddingSize]).toEqual([256, 128]);
  const trained = backbone.whole.trainableWeights.reduce((sum, weight) => sum + weight.read().size, 0);
  expect(trained).toBe(5_607_616);
  // And the identities that add channels of zeros: 32x64, 64x128, 128x256.
  expect(backbone.whole.countParams()).toBe(5_607_616 + 43_008);
  const [whole, parts] = tf.tidy(() => {
    const input = pictureOf('ramp');
    const features = backbone.trunk.predict(input) as tf.Tensor;
    return [backbone.whole.predict(input), backbone.head.predict(features)].map((tensor) =>
      (tensor as tf.Tensor).dataSync<'float32'>(),
    );
  });
  expect(parts).toEqual(whole);
  disposeBackbone(backbone);
});
