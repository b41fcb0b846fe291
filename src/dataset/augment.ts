import type { AugmentConfig } from '../config/training-config.ts';
import type { Random } from '../lib/random.ts';

/** One draw of what is done to a picture. */
export interface Augmentation {
  readonly mirror: boolean;
  /** Counter-clockwise, in radians. */
  readonly rotation: number;
  /** Shares of the edge. */
  readonly shiftX: number;
  readonly shiftY: number;
  /** Factor: 1.1 shows everything a tenth larger. */
  readonly zoom: number;
  /** Factors: 1 leaves things as they are. */
  readonly brightness: number;
  readonly contrast: number;
  readonly saturation: number;
}

/** Always draws the same number of values, so that one setting does not move the draws of another. */
export function drawAugmentation(config: AugmentConfig, random: Random): Augmentation {
  const around = (most: number): number => random.between(-most, most);
  const coin = random.next() < 0.5;
  return {
    mirror: config.mirror && coin,
    rotation: (around(config.rotationDegrees) * Math.PI) / 180,
    shiftX: around(config.shift),
    shiftY: around(config.shift),
    zoom: 1 + around(config.zoom),
    brightness: 1 + around(config.colour),
    contrast: 1 + around(config.colour),
    saturation: 1 + around(config.colour),
  };
}

/**
 * Mirrors, turns, scales and shifts a picture about its middle, then changes its colours.
 *
 * Every output pixel is looked up where it came from (the inverse map), between four pixels (bilinear); what
 * lies outside repeats the rim. Colours: saturation mixes with the pixel's own grey, contrast with the
 * picture's mean grey, brightness multiplies; the result is clamped to 0...255 and not rounded.
 *
 * @param face edge x edge x 3 bytes
 * @param out receives edge x edge x 3 values 0...255
 */
export function augmentFace(face: Uint8Array, edge: number, change: Augmentation, out: Float32Array): void {
  warp(face, edge, change, out);
  recolour(out, change);
}

function warp(face: Uint8Array, edge: number, change: Augmentation, out: Float32Array): void {
  const middle = (edge - 1) / 2;
  // Inverse of: mirror, then scale by zoom and turn by rotation, then shift.
  const cos = Math.cos(change.rotation) / change.zoom;
  const sin = Math.sin(change.rotation) / change.zoom;
  const last = edge - 1;
  for (let y = 0; y < edge; y++) {
    const dy = y - middle - change.shiftY * edge;
    for (let x = 0; x < edge; x++) {
      const dx = x - middle - change.shiftX * edge;
      const turned = cos * dx - sin * dy;
      const fromX = Math.min(last, Math.max(0, middle + (change.mirror ? -turned : turned)));
      const fromY = Math.min(last, Math.max(0, middle + sin * dx + cos * dy));
      const left = Math.floor(fromX);
      const top = Math.floor(fromY);
      const right = Math.min(last, left + 1);
      const bottom = Math.min(last, top + 1);
      const a = fromX - left;
      const b = fromY - top;
      const at = (y * edge + x) * 3;
      for (let channel = 0; channel < 3; channel++) {
        const p = (row: number, column: number): number => face[(row * edge + column) * 3 + channel] ?? 0;
        const upper = p(top, left) * (1 - a) + p(top, right) * a;
        const lower = p(bottom, left) * (1 - a) + p(bottom, right) * a;
        out[at + channel] = upper * (1 - b) + lower * b;
      }
    }
  }
}

/** Luma weights of ITU-R BT.601. */
const grey = (r: number, g: number, b: number): number => 0.299 * r + 0.587 * g + 0.114 * b;

function recolour(picture: Float32Array, change: Augmentation): void {
  const { brightness, contrast, saturation } = change;
  if (brightness === 1 && contrast === 1 && saturation === 1) return;
  let mean = 0;
  for (let i = 0; i < picture.length; i += 3)
    mean += grey(picture[i] ?? 0, picture[i + 1] ?? 0, picture[i + 2] ?? 0);
  mean /= picture.length / 3;
  for (let i = 0; i < picture.length; i += 3) {
    const own = grey(picture[i] ?? 0, picture[i + 1] ?? 0, picture[i + 2] ?? 0);
    for (let channel = i; channel < i + 3; channel++) {
      const saturated = own + saturation * ((picture[channel] ?? 0) - own);
      const value = brightness * (mean + contrast * (saturated - mean));
      picture[channel] = Math.min(255, Math.max(0, value));
    }
  }
}
