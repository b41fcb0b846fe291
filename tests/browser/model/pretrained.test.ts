import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { decodeFaces } from '../../../src/dataset/face-store.ts';
import { startBackend } from '../../../src/engine/selection/start-backend.ts';
import { present } from '../../../src/lib/assert.ts';
import { loadSplit, type SplitBackbone } from '../../../src/model/backbones/pretrained.ts';
import golden from '../../fixtures/mobilefacenet-golden.json';
import { listShared, readShared } from '../shared.ts';

const EDGE = 112;
const FOLDER = 'reference/mobilefacenet';
const photos = (await listShared(FOLDER)).filter((path) => path.endsWith('.png'));

/** The formulas that the fixture states, by its names for them. */
const PICTURES: Record<string, (y: number, x: number, c: number) => number> = {
  ramp: (y, x, c) => (y * 7 + x * 13 + c * 29) % 256,
  bowl: (y, x, c) => 255 - Math.floor(((x - 56) ** 2 + (y - 50) ** 2) / 32) - c * 20,
  slope: (y, x, c) => (x + y + c * 8) % 256,
};

let backbone: SplitBackbone;
beforeAll(async () => {
  await startBackend('simd');
  backbone = await loadSplit({ kind: 'pretrained-mobilefacenet' });
});

/** Raw embedding of RGB bytes. */
async function embed(bytes: ArrayLike<number>): Promise<number[]> {
  const output = tf.tidy(() => {
    const input = tf.tensor4d(Float32Array.from(bytes), [1, EDGE, EDGE, 3]);
    return backbone.whole.predict(tf.div(tf.sub(input, 127.5), 128));
  });
  if (Array.isArray(output)) throw new Error('one embedding expected');
  const values = [...(await output.data())];
  output.dispose();
  return values;
}

describe('the pretrained MobileFaceNet', () => {
  it('gives the committed numbers, computed in float64 without it', async () => {
    expect(golden.cases.length).toBe(3);
    for (const { name, first, norm } of golden.cases) {
      const picture = present(PICTURES[name], `the formula of ${name}`);
      const bytes = Array.from({ length: EDGE * EDGE * 3 }, (_, i) =>
        picture(Math.floor(i / (3 * EDGE)), Math.floor(i / 3) % EDGE, i % 3),
      );
      const embedding = await embed(bytes);
      first.forEach((value, i) => {
        expect(Math.abs((embedding[i] ?? Number.NaN) - value)).toBeLessThan(1e-3);
      });
      expect(Math.abs(Math.hypot(...embedding) - norm)).toBeLessThan(1e-3);
    }
  });

  it.skipIf(photos.length === 0)(
    'gives the reference embeddings of 24 aligned faces (needs shared photos)',
    async () => {
      const text = await (await readShared(`${FOLDER}/embeddings.json`)).text();
      const expected = z.array(z.object({ embedding: z.array(z.number()) })).parse(JSON.parse(text));
      const files = await Promise.all(photos.map(readShared));
      const faces = await decodeFaces(files, EDGE, new AbortController().signal, () => {});
      expect(faces.length).toBe(24);
      let largest = 0;
      for (const [i, face] of faces.entries()) {
        const embedding = await embed(face);
        present(expected[i], 'the reference').embedding.forEach((value, j) => {
          largest = Math.max(largest, Math.abs(value - (embedding[j] ?? Number.NaN)));
        });
      }
      expect(largest).toBeLessThan(1e-3);
    },
  );
});
