import { assert, present } from '../lib/assert.ts';
import type { Outside, Pixels } from './pixels.ts';
import { sampleUpright } from './sample-upright.ts';

/**
 * A decoded photo, upright, scaled down where it was huge.
 *
 * Coordinates everywhere in `ingest` are continuous: pixel (i, j) covers [i, i+1) x [j, j+1), its centre lies at
 * (i + 0.5, j + 0.5), so that a point keeps its meaning when the picture is scaled.
 */
export interface ImagePyramid {
  /** Pixels, and below them halves of halves for shrinking without aliasing. */
  readonly levels: Pixels[];
  /** Pixels of the photo for one pixel of the picture, >= 1. */
  readonly reduction: number;
}

export interface Point {
  readonly x: number;
  readonly y: number;
}

/** Maps output coordinates to picture coordinates: x' = a x + b y + c, y' = d x + e y + f. */
export interface Affine {
  readonly a: number;
  readonly b: number;
  readonly c: number;
  readonly d: number;
  readonly e: number;
  readonly f: number;
}

export function createPyramid(pixels: Pixels, reduction: number): ImagePyramid {
  assert(pixels.data.length === pixels.width * pixels.height * 4, 'pixels fill the picture');
  return { levels: [pixels], reduction };
}

export const base = (picture: ImagePyramid): Pixels => present(picture.levels[0], 'the picture');

/** Level k of the pyramid: the picture at 1 / 2^k, each pixel the mean of four. Built when first asked for. */
function level(picture: ImagePyramid, k: number): Pixels {
  while (picture.levels.length <= k) {
    picture.levels.push(halved(present(picture.levels[picture.levels.length - 1], 'a level')));
  }
  return present(picture.levels[k], 'a level');
}

function halved(from: Pixels): Pixels {
  const width = Math.max(1, from.width >> 1);
  const height = Math.max(1, from.height >> 1);
  const data = new Uint8ClampedArray(width * height * 4);
  const source = from.data;
  for (let y = 0; y < height; y++) {
    const top = Math.min(2 * y, from.height - 1) * from.width;
    const bottom = Math.min(2 * y + 1, from.height - 1) * from.width;
    for (let x = 0; x < width; x++) {
      const left = Math.min(2 * x, from.width - 1);
      const right = Math.min(2 * x + 1, from.width - 1);
      const out = (y * width + x) * 4;
      for (let c = 0; c < 4; c++) {
        const sum =
          (source[(top + left) * 4 + c] ?? 0) +
          (source[(top + right) * 4 + c] ?? 0) +
          (source[(bottom + left) * 4 + c] ?? 0) +
          (source[(bottom + right) * 4 + c] ?? 0);
        data[out + c] = (sum + 2) >> 2;
      }
    }
  }
  return { width, height, data };
}

/**
 * Samples `size` x `size` RGB values in [0, 255] through an affine map: bilinear at the pyramid level where a
 * step is between one and two pixels, averaged over 2 x 2 points when it is longer than 1.5, so that shrinking
 * averages areas and small enlargements stay sharp.
 *
 * @returns values in rows from the top, interleaved RGB: [size, size, 3].
 */
export function sample(picture: ImagePyramid, map: Affine, size: number, outside: Outside): Float32Array {
  const step = Math.sqrt(Math.abs(map.a * map.e - map.b * map.d));
  const k = Math.max(0, Math.floor(Math.log2(Math.max(step, 1e-6))));
  const from = level(picture, k);
  const scaleX = from.width / base(picture).width;
  const scaleY = from.height / base(picture).height;
  const ratio = step / 2 ** k;
  const taps = ratio > 1.5 ? 2 : 1;
  if (map.b === 0 && map.d === 0) {
    return sampleUpright(from, {
      size,
      taps,
      outside,
      x: { step: map.a * scaleX, shift: map.c * scaleX },
      y: { step: map.e * scaleY, shift: map.f * scaleY },
    });
  }
  const out = new Float32Array(size * size * 3);
  const rgb = new Float64Array(3);
  for (let y = 0; y < size; y++) {
    for (let x = 0; x < size; x++) {
      rgb.fill(0);
      for (let t = 0; t < taps * taps; t++) {
        const u = x + ((t % taps) + 0.5) / taps;
        const v = y + (Math.floor(t / taps) + 0.5) / taps;
        const px = (map.a * u + map.b * v + map.c) * scaleX - 0.5;
        const py = (map.d * u + map.e * v + map.f) * scaleY - 0.5;
        bilinear(from, px, py, outside, rgb);
      }
      const at = (y * size + x) * 3;
      const share = 1 / (taps * taps);
      out[at] = (rgb[0] ?? 0) * share;
      out[at + 1] = (rgb[1] ?? 0) * share;
      out[at + 2] = (rgb[2] ?? 0) * share;
    }
  }
  return out;
}

/** Adds the colour at pixel-centre coordinates (x, y) to `rgb`. */
function bilinear(from: Pixels, x: number, y: number, outside: Outside, rgb: Float64Array): void {
  const { width, height, data } = from;
  if (outside.kind === 'colour' && (x < -0.5 || y < -0.5 || x > width - 0.5 || y > height - 0.5)) {
    for (let c = 0; c < 3; c++) rgb[c] = (rgb[c] ?? 0) + outside.value;
    return;
  }
  const cx = Math.min(Math.max(x, 0), width - 1);
  const cy = Math.min(Math.max(y, 0), height - 1);
  const x0 = Math.floor(cx);
  const y0 = Math.floor(cy);
  const fx = cx - x0;
  const fy = cy - y0;
  const right = x0 + 1 < width ? 4 : 0;
  const down = y0 + 1 < height ? width * 4 : 0;
  const at = (y0 * width + x0) * 4;
  for (let c = 0; c < 3; c++) {
    const i = at + c;
    const top = (data[i] ?? 0) * (1 - fx) + (data[i + right] ?? 0) * fx;
    const bottom = (data[i + down] ?? 0) * (1 - fx) + (data[i + down + right] ?? 0) * fx;
    rgb[c] = (rgb[c] ?? 0) + top * (1 - fy) + bottom * fy;
  }
}
