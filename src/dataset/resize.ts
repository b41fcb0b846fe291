/** For each output pixel along one axis: the first input pixel it covers, and the share of each. */
interface Cover {
  readonly first: number;
  readonly shares: readonly number[];
}

/**
 * Shrinks a square RGB picture by area averaging: every output pixel is the mean of the input area it covers,
 * pixels at the rim counted by the part covered. Nothing aliases, and mean brightness is kept.
 *
 * @param face from x from x 3 bytes
 * @param from edge of the input in pixels
 * @param to edge of the output in pixels, at most `from`
 * @returns to x to x 3 bytes
 */
export function resizeFace(face: Uint8Array, from: number, to: number): Uint8Array {
  return Uint8Array.from(averageAreas(face, from, to), Math.round);
}

/**
 * Enlarges a square RGB picture: every output pixel is interpolated between the four input pixels around its centre
 * (bilinear; pixel centres lie at halves, edge pixels repeat).
 *
 * @param to edge of the output in pixels, at least `from`
 * @returns to x to x 3 bytes
 */
export function enlargeFace(face: Uint8Array, from: number, to: number): Uint8Array {
  const covers = Array.from({ length: to }, (_, i): Cover => {
    const at = Math.min(from - 1, Math.max(0, ((i + 0.5) * from) / to - 0.5));
    const first = Math.min(Math.floor(at), Math.max(0, from - 2));
    return { first, shares: from === 1 ? [1] : [1 - (at - first), at - first] };
  });
  return Uint8Array.from(mixed(face, from, to, covers), Math.round);
}

/** As {@link resizeFace}, of any numbers and not rounded. */
export function averageAreas(picture: ArrayLike<number>, from: number, to: number): Float64Array {
  return mixed(picture, from, to, coverage(from, to));
}

function mixed(picture: ArrayLike<number>, from: number, to: number, covers: readonly Cover[]): Float64Array {
  // First every row by itself, then every column: a pixel's area is the product of the two.
  const narrow = new Float64Array(from * to * 3);
  for (let y = 0; y < from; y++)
    covers.forEach((across, x) => {
      mix(picture, y * from, 1, across, narrow, y * to + x);
    });
  const result = new Float64Array(to * to * 3);
  covers.forEach((down, y) => {
    for (let x = 0; x < to; x++) mix(narrow, x, to, down, result, y * to + x);
  });
  return result;
}

/** Puts the mean of some pixels, `step` apart, into one. Pixels, not numbers, are counted. */
function mix(
  picture: ArrayLike<number>,
  start: number,
  step: number,
  { first, shares }: Cover,
  out: Float64Array,
  to: number,
): void {
  let red = 0;
  let green = 0;
  let blue = 0;
  for (let i = 0; i < shares.length; i++) {
    const share = shares[i] ?? 0;
    const at = (start + (first + i) * step) * 3;
    red += share * (picture[at] ?? 0);
    green += share * (picture[at + 1] ?? 0);
    blue += share * (picture[at + 2] ?? 0);
  }
  out[to * 3] = red;
  out[to * 3 + 1] = green;
  out[to * 3 + 2] = blue;
}

function coverage(from: number, to: number): Cover[] {
  const ratio = from / to;
  return Array.from({ length: to }, (_, i) => {
    const begin = i * ratio;
    const end = Math.min((i + 1) * ratio, from);
    const first = Math.floor(begin);
    const last = Math.max(first, Math.ceil(end - 1e-9) - 1);
    const shares: number[] = [];
    for (let at = first; at <= last; at++) {
      shares.push((Math.min(at + 1, end) - Math.max(at, begin)) / (end - begin));
    }
    return { first, shares };
  });
}
