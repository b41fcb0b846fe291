import type { AugmentConfig } from '../config/training-config.ts';
import { createRandom, type Random } from '../lib/random.ts';
import { type Degradation, degrade, drawDegradation } from './degrade.ts';

/** One random augmentation of an image. */
export interface Augmentation {
  readonly mirror: boolean;
  /** Counter-clockwise, in radians. */
  readonly rotation: number;
  /** Shares of the edge. */
  readonly shiftX: number;
  readonly shiftY: number;
  /** Factor: 1.1 shows everything a tenth larger. */
  readonly zoom: number;
  /** Factors: 1 changes nothing. */
  readonly brightness: number;
  readonly contrast: number;
  readonly saturation: number;
  /** Null: none. */
  readonly degradation: Degradation | null;
}

/** Leaves a picture as it is. */
export const unchanged: Augmentation = {
  mirror: false,
  rotation: 0,
  shiftX: 0,
  shiftY: 0,
  zoom: 1,
  brightness: 1,
  contrast: 1,
  saturation: 1,
  degradation: null,
};

/**
 * Always draws the same number of values, so that one setting does not move the draws of another. What degrades an
 * image is drawn from a separate stream that starts at the first of them.
 */
export function drawAugmentation(config: AugmentConfig, random: Random): Augmentation {
  const around = (most: number): number => random.between(-most, most);
  const first = random.next();
  const degrades = config.blur > 0 || config.erase > 0 || config.lowResolution > 0;
  return {
    mirror: config.mirror && first < 0.5,
    rotation: (around(config.rotationDegrees) * Math.PI) / 180,
    shiftX: around(config.shift),
    shiftY: around(config.shift),
    zoom: 1 + around(config.zoom),
    brightness: 1 + around(config.colour),
    contrast: 1 + around(config.colour),
    saturation: 1 + around(config.colour),
    degradation: degrades ? drawDegradation(config, createRandom(Math.floor(first * 2 ** 32))) : null,
  };
}

/**
 * Mirrors, rotates, scales and shifts a picture about its centre, changes its colours, then degrades it.
 *
 * Every output pixel is looked up where it came from (the inverse map), between four pixels (bilinear); what
 * lies outside repeats the rim. Colours: saturation mixes with the pixel's luma grey, contrast with the
 * picture's mean grey, brightness multiplies; the result is clamped to 0...255 and not rounded.
 *
 * @param face edge x edge x 3 bytes
 * @param out receives edge x edge x 3 values 0...255
 */
export function augmentFace(face: Uint8Array, edge: number, change: Augmentation, out: Float32Array): void {
  warp(face, edge, change, out);
  recolour(out, change);
  if (change.degradation) degrade(out, edge, change.degradation);
}

/** Inverse of: mirror, then scale by zoom and turn by rotation, then shift. */
export const inverseTurn = ({
  rotation,
  zoom,
}: Augmentation): { readonly cos: number; readonly sin: number } => ({
  cos: Math.cos(rotation) / zoom,
  sin: Math.sin(rotation) / zoom,
});

function warp(face: Uint8Array, edge: number, change: Augmentation, out: Float32Array): void {
  const middle = (edge - 1) / 2;
  const { cos, sin } = inverseTurn(change);
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
      // The four neighbours and their shares; written out, because this is done for every pixel of every photo.
      const p = (top * edge + left) * 3;
      const q = (top * edge + right) * 3;
      const r = (bottom * edge + left) * 3;
      const t = (bottom * edge + right) * 3;
      const wp = (1 - a) * (1 - b);
      const wq = a * (1 - b);
      const wr = (1 - a) * b;
      const wt = a * b;
      for (let c = 0; c < 3; c++) {
        out[at + c] =
          wp * (face[p + c] ?? 0) +
          wq * (face[q + c] ?? 0) +
          wr * (face[r + c] ?? 0) +
          wt * (face[t + c] ?? 0);
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
    const luma = grey(picture[i] ?? 0, picture[i + 1] ?? 0, picture[i + 2] ?? 0);
    for (let channel = i; channel < i + 3; channel++) {
      const saturated = luma + saturation * ((picture[channel] ?? 0) - luma);
      const value = brightness * (mean + contrast * (saturated - mean));
      picture[channel] = Math.min(255, Math.max(0, value));
    }
  }
}
