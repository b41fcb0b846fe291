import type { Outside, Pixels } from './pixels.ts';

/** Output coordinate u lies at step * u + shift among the pixels. */
interface Axis {
  readonly step: number;
  readonly shift: number;
}

export interface UprightSample {
  /** Edge of the output. */
  readonly size: number;
  /** Points averaged for each output pixel, along each axis. */
  readonly taps: number;
  readonly outside: Outside;
  readonly x: Axis;
  readonly y: Axis;
}

/**
 * Bilinear sampling where nothing is turned, as of the regions that the detector is shown: first down, one sum of pixel
 * rows for each output row, then along it, so that a pixel is read a few times instead of sixteen.
 *
 * @returns [size, size, 3], the same as point by point but for rounding
 */
export function sampleUpright(from: Pixels, { size, taps, outside, x, y }: UprightSample): Float32Array {
  const { width, height, data } = from;
  const grey = outside.kind === 'colour' ? outside.value : null;
  const columns = tapsOf(size * taps, taps, x, width, grey !== null);
  const rows = tapsOf(size * taps, taps, y, height, grey !== null);
  const first = Math.min(...columns.index);
  const last = Math.min(Math.max(...columns.index) + 1, width - 1);
  const line = new Float64Array((last - first + 1) * 3);
  const out = new Float32Array(size * size * 3);
  for (let row = 0; row < size; row++) {
    line.fill(0);
    for (let t = row * taps; t < (row + 1) * taps; t++) {
      if (rows.outside[t] === 1) for (let i = 0; i < line.length; i++) line[i] = (line[i] ?? 0) + (grey ?? 0);
      else addRows(line, data, { width, height, first, row: rows.index[t] ?? 0, share: rows.share[t] ?? 0 });
    }
    for (let column = 0; column < size; column++) {
      let [red, green, blue] = [0, 0, 0];
      for (let t = column * taps; t < (column + 1) * taps; t++) {
        if (columns.outside[t] === 1) {
          const sum = taps * (grey ?? 0);
          red += sum;
          green += sum;
          blue += sum;
          continue;
        }
        const left = ((columns.index[t] ?? 0) - first) * 3;
        const right = Math.min(left + 3, line.length - 3);
        const share = columns.share[t] ?? 0;
        red += mix(line[left] ?? 0, line[right] ?? 0, share);
        green += mix(line[left + 1] ?? 0, line[right + 1] ?? 0, share);
        blue += mix(line[left + 2] ?? 0, line[right + 2] ?? 0, share);
      }
      const at = (row * size + column) * 3;
      out[at] = red / taps ** 2;
      out[at + 1] = green / taps ** 2;
      out[at + 2] = blue / taps ** 2;
    }
  }
  return out;
}

const mix = (a: number, b: number, share: number): number => a + (b - a) * share;

/** Adds what lies between two pixel rows to a line. */
function addRows(
  line: Float64Array,
  data: Uint8ClampedArray,
  at: {
    readonly width: number;
    readonly height: number;
    readonly first: number;
    readonly row: number;
    readonly share: number;
  },
): void {
  const { share } = at;
  let upper = (at.row * at.width + at.first) * 4;
  let lower = (Math.min(at.row + 1, at.height - 1) * at.width + at.first) * 4;
  for (let i = 0; i < line.length; i += 3, upper += 4, lower += 4) {
    line[i] = (line[i] ?? 0) + mix(data[upper] ?? 0, data[lower] ?? 0, share);
    line[i + 1] = (line[i + 1] ?? 0) + mix(data[upper + 1] ?? 0, data[lower + 1] ?? 0, share);
    line[i + 2] = (line[i + 2] ?? 0) + mix(data[upper + 2] ?? 0, data[lower + 2] ?? 0, share);
  }
}

/** Points along one axis: each between pixel `index` and the next one, `share` of the way, or outside the picture. */
interface Taps {
  readonly index: Int32Array;
  readonly share: Float64Array;
  readonly outside: Uint8Array;
}

/** @param mayBeOutside false draws out the edge pixels */
function tapsOf(count: number, taps: number, axis: Axis, length: number, mayBeOutside: boolean): Taps {
  const [index, share, outside] = [new Int32Array(count), new Float64Array(count), new Uint8Array(count)];
  for (let i = 0; i < count; i++) {
    const at = (axis.step * (i + 0.5)) / taps + axis.shift - 0.5;
    const inside = Math.min(Math.max(at, 0), length - 1);
    index[i] = Math.floor(inside);
    share[i] = inside - Math.floor(inside);
    outside[i] = mayBeOutside && (at < -0.5 || at > length - 0.5) ? 1 : 0;
  }
  return { index, share, outside };
}
