import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { noAugmentation } from '../../../../src/config/presets.ts';
import type { AugmentConfig } from '../../../../src/config/training-config.ts';
import { type Augmentation, augmentFace, unchanged } from '../../../../src/dataset/augment.ts';
import { picturesOnDevice } from '../../../../src/engine/ops/pictures.ts';
import { startBackend } from '../../../../src/engine/selection/start-backend.ts';
import { type Channels, PIXEL_RANGES, type PixelRangeName } from '../../../../src/lib/pixel-range.ts';
import { createRandom } from '../../../../src/lib/random.ts';
import { augmentedToTensor, pixelsToTensor } from '../../../../src/model/preprocess.ts';
import { apart, expectSame } from './against.ts';

const random = createRandom(41);
/** Noise: neighbouring pixels differ as much as they can, so that a place that is off shows. */
const noise = (edge: number, count: number): Uint8Array[] =>
  Array.from({ length: count }, () => Uint8Array.from({ length: edge * edge * 3 }, () => random.below(256)));

const everything: AugmentConfig = {
  mirror: true,
  rotationDegrees: 15,
  shift: 0.1,
  zoom: 0.2,
  colour: 0.4,
  blur: 0.6,
  lowResolution: 0.6,
  erase: 0.6,
};

/** Largest difference in grey levels between the device's picture and that of the CPU. */
async function greyLevels(faces: Uint8Array[], edge: number, changes: Augmentation[]): Promise<number> {
  await startBackend('webgpu');
  const made = picturesOnDevice(faces, edge, PIXEL_RANGES.bytes, 3, changes);
  const values = await made.data();
  made.dispose();
  const size = edge * edge * 3;
  let worst = 0;
  faces.forEach((face, row) => {
    const right = new Float32Array(size);
    augmentFace(face, edge, changes[row] ?? unchanged, right);
    right.forEach((value, i) => {
      const difference = Math.abs(value - (values[row * size + i] ?? Number.NaN));
      if (!(difference <= worst)) worst = difference;
    });
  });
  return worst;
}

const degraded = (degradation: Partial<NonNullable<Augmentation['degradation']>>): Augmentation => ({
  ...unchanged,
  degradation: { blur: null, resolution: null, erased: null, ...degradation },
});
const square = { left: 0.31, top: 0, width: 0.4, height: 0.57, colour: [1, 130, 255] } as const;
const one: Readonly<Record<string, Augmentation>> = {
  nothing: unchanged,
  'a mirror image': { ...unchanged, mirror: true },
  'a turn': { ...unchanged, rotation: 0.3 },
  'a mirrored turn, moved and larger': {
    ...unchanged,
    mirror: true,
    rotation: -0.2,
    shiftX: 0.11,
    shiftY: -0.07,
    zoom: 1.2,
  },
  smaller: { ...unchanged, zoom: 0.7 },
  brightness: { ...unchanged, brightness: 1.4 },
  contrast: { ...unchanged, contrast: 0.6 },
  saturation: { ...unchanged, saturation: 1.7 },
  'low resolution': degraded({ resolution: 0.37 }),
  'the lowest resolution': degraded({ resolution: 0.01 }),
  'full resolution': degraded({ resolution: 1 }),
  'a slight blur': degraded({ blur: 0.005 }),
  'a strong blur': degraded({ blur: 0.025 }),
  'an erased rectangle': degraded({ erased: square }),
  'all degradations': degraded({ resolution: 0.6, blur: 0.01, erased: square }),
};

describe('pictures that the device augments', () => {
  it.each(Object.keys(one))('%s', async (name) => {
    const change = one[name] ?? unchanged;
    for (const edge of [1, 2, 33]) {
      // One alone is nearly exact: a wrong rim or a wrong share would not be.
      expect(await greyLevels(noise(edge, 2), edge, [change, change])).toBeLessThan(0.02);
    }
  });

  it.each([
    [112, 3, 'symmetric-128'],
    [64, 3, 'imagenet'],
    [31, 3, 'bytes'],
    [31, 1, 'imagenet'],
    [48, 1, 'unit'],
  ] as const)('all at once as on the CPU, edge %i, %i channels, range %s', async (edge, channels, range) => {
    const faces = noise(edge, 12);
    const pictures = (config: AugmentConfig): tf.Tensor =>
      augmentedToTensor(
        faces,
        edge,
        config,
        createRandom(5),
        PIXEL_RANGES[range as PixelRangeName],
        channels as Channels,
      );
    await expectSame(() => [pictures(everything), pictures(noAugmentation)], 1e-4);
  });

  it('come out as their bytes where nothing is changed, and take no more memory than they did', async () => {
    await startBackend('webgpu');
    const faces = noise(35, 5);
    const before = tf.memory().numTensors;
    const made = pixelsToTensor(faces, 35, PIXEL_RANGES.bytes);
    expect(tf.memory().numTensors).toBe(before + 1);
    const values = await made.data();
    expect(
      apart(
        values,
        faces.flatMap((face) => [...face]),
      ),
    ).toBe(0);
    made.dispose();
  });
});
