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
  const covers = coverage(from, to);
  const result = new Uint8Array(to * to * 3);
  covers.forEach((down, y) => {
    covers.forEach((across, x) => {
      for (let channel = 0; channel < 3; channel++) {
        let sum = 0;
        down.shares.forEach((height, i) => {
          const row = (down.first + i) * from;
          across.shares.forEach((width, j) => {
            sum += height * width * (face[(row + across.first + j) * 3 + channel] ?? 0);
          });
        });
        result[(y * to + x) * 3 + channel] = Math.round(sum);
      }
    });
  });
  return result;
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
