import type { AugmentConfig } from '../config/training-config.ts';
import type { Random } from '../lib/random.ts';
import { averageAreas } from './resize.ts';

/** A rectangle in shares of the edge, and its colour. */
export interface ErasedRectangle {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
  readonly colour: readonly [number, number, number];
}

/** Degradations as by a poor camera, distance or occlusion; null: none. */
export interface Degradation {
  /** Standard deviation of a Gaussian, as a share of the edge. */
  readonly blur: number | null;
  /** Size that the picture is brought to before it is enlarged again, as a share of the edge. */
  readonly resolution: number | null;
  readonly erased: ErasedRectangle | null;
}

/** Standard deviations of the blur, as shares of the edge: 0.6 to 2.8 pixels of 112. */
const BLUR = [0.005, 0.025] as const;
/** Shares of the edge that are left at low resolution: 22 to 78 pixels of 112. */
const RESOLUTION = [0.2, 0.7] as const;
/** Random erasing (Zhong et al., arXiv 1708.04896, section 3): share of the area and ratio of the sides. */
const AREA = [0.02, 0.2] as const;
const ASPECT = [0.4, 2.5] as const;

/** Always draws the same number of values, so that one setting does not move the draws of another. */
export function drawDegradation(config: AugmentConfig, random: Random): Degradation {
  const chosen = (share: number): boolean => random.next() < share;
  const [blurred, coarse, erased] = [chosen(config.blur), chosen(config.lowResolution), chosen(config.erase)];
  const blur = random.between(...BLUR);
  const resolution = random.between(...RESOLUTION);
  const area = random.between(...AREA);
  // Even on the logarithm: twice as wide is as likely as twice as high.
  const aspect = Math.exp(random.between(Math.log(ASPECT[0]), Math.log(ASPECT[1])));
  const [width, height] = [Math.sqrt(area * aspect), Math.sqrt(area / aspect)];
  const rectangle: ErasedRectangle = {
    width,
    height,
    left: random.between(0, 1 - width),
    top: random.between(0, 1 - height),
    colour: [random.between(0, 255), random.between(0, 255), random.between(0, 255)],
  };
  return {
    blur: blurred ? blur : null,
    resolution: coarse ? resolution : null,
    erased: erased ? rectangle : null,
  };
}

/** Low resolution, then blur, then the rectangle, in place. @param picture edge x edge x 3 values 0...255 */
export function degrade(picture: Float32Array, edge: number, change: Degradation): void {
  const { small, deviation, rectangle } = inPixels(change, edge);
  if (small !== null) coarsen(picture, edge, small);
  if (deviation !== null) blur(picture, edge, deviation);
  if (rectangle) eraseRectangle(picture, edge, rectangle);
}

interface ErasedPixels {
  /** Columns and rows from the first to the one behind the last. */
  readonly x: readonly [first: number, end: number];
  readonly y: readonly [first: number, end: number];
  readonly colour: ErasedRectangle['colour'];
}

/** A degradation of a picture of that edge, in pixels. */
export interface PixelDegradation {
  /** Edge that the picture is brought to and enlarged from, smaller than its own. */
  readonly small: number | null;
  /** Of the blur's Gaussian. */
  readonly deviation: number | null;
  readonly rectangle: ErasedPixels | null;
}

export function inPixels({ blur, resolution, erased }: Degradation, edge: number): PixelDegradation {
  const small = resolution === null ? edge : Math.max(2, Math.round(resolution * edge));
  const span = (from: number, length: number): [number, number] => [
    Math.round(from * edge),
    Math.round((from + length) * edge),
  ];
  return {
    small: small < edge ? small : null,
    deviation: blur === null ? null : blur * edge,
    rectangle: erased && {
      x: span(erased.left, erased.width),
      y: span(erased.top, erased.height),
      colour: erased.colour,
    },
  };
}

/** Pixels on either side that a blur looks at: what lies beyond weighs next to nothing. */
export const blurRadius = (deviation: number): number => Math.max(1, Math.ceil(2.5 * deviation));

/** Shrinks by area averaging and enlarges again (bilinear). */
function coarsen(picture: Float32Array, edge: number, small: number): void {
  enlarge(averageAreas(picture, edge, small), small, edge, picture);
}

/**
 * Enlarges a square picture: every output pixel is looked up between the middles of four input pixels (bilinear); the
 * rim repeats.
 *
 * @param picture from x from x 3 values
 * @param out receives to x to x 3 values
 */
export function enlarge(
  picture: ArrayLike<number>,
  from: number,
  to: number,
  out: { [index: number]: number },
): void {
  const places = Array.from({ length: to }, (_, i) => {
    const at = Math.min(from - 1, Math.max(0, ((i + 0.5) * from) / to - 0.5));
    const first = Math.floor(at);
    return { first, second: Math.min(from - 1, first + 1), share: at - first };
  });
  places.forEach((down, y) => {
    places.forEach((across, x) => {
      const p = (down.first * from + across.first) * 3;
      const q = (down.first * from + across.second) * 3;
      const r = (down.second * from + across.first) * 3;
      const t = (down.second * from + across.second) * 3;
      const at = (y * to + x) * 3;
      for (let c = 0; c < 3; c++) {
        const upper = (picture[p + c] ?? 0) * (1 - across.share) + (picture[q + c] ?? 0) * across.share;
        const lower = (picture[r + c] ?? 0) * (1 - across.share) + (picture[t + c] ?? 0) * across.share;
        out[at + c] = upper * (1 - down.share) + lower * down.share;
      }
    });
  });
}

/** Gaussian, row by row and then column by column; the rim repeats. @param deviation in pixels */
function blur(picture: Float32Array, edge: number, deviation: number): void {
  const radius = blurRadius(deviation);
  const weights = Array.from({ length: 2 * radius + 1 }, (_, i) =>
    Math.exp(-((i - radius) ** 2) / (2 * deviation ** 2)),
  );
  const sum = weights.reduce((total, weight) => total + weight, 0);
  const line = new Float32Array(edge * 3);
  const row = edge * 3;
  for (const [step, next] of [
    [3, row],
    [row, 3],
  ] as const) {
    for (let start = 0; start < edge; start++) {
      for (let i = 0; i < edge; i++) {
        for (let channel = 0; channel < 3; channel++) {
          let value = 0;
          for (let k = -radius; k <= radius; k++) {
            const at = Math.min(edge - 1, Math.max(0, i + k));
            value += (weights[k + radius] ?? 0) * (picture[start * next + at * step + channel] ?? 0);
          }
          line[i * 3 + channel] = value / sum;
        }
      }
      for (let i = 0; i < edge; i++) {
        for (let channel = 0; channel < 3; channel++) {
          picture[start * next + i * step + channel] = line[i * 3 + channel] ?? 0;
        }
      }
    }
  }
}

function eraseRectangle(picture: Float32Array, edge: number, { x, y, colour }: ErasedPixels): void {
  for (let row = y[0]; row < y[1]; row++) {
    for (let column = x[0]; column < x[1]; column++) picture.set(colour, (row * edge + column) * 3);
  }
}
