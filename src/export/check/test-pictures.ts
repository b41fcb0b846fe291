import { createRandom } from '../../lib/random.ts';

/** Side of a square of one colour, as a share of the picture. */
const SQUARES = 8;
/** Of the noise over the squares, in bytes. */
const NOISE = 40;

/** The picture that the manifest describes by its SELF_TEST_PICTURE: size x size x 3 bytes. */
export const selfTestPicture = (size: number): Float32Array =>
  Float32Array.from({ length: size * size * 3 }, (_, i) => {
    const [y, x, c] = [Math.floor(i / (3 * size)), Math.floor(i / 3) % size, i % 3];
    return (7 * y + 13 * x + 29 * c) % 256;
  });

/**
 * Pictures to compare two networks with where there are no faces: coloured squares under noise, the same every time.
 *
 * @returns size x size x 3 bytes each
 */
export function drawnPictures(count: number, size: number): Uint8Array[] {
  const random = createRandom(20_261);
  return Array.from({ length: count }, () => {
    const colours = Array.from({ length: SQUARES ** 2 * 3 }, () => random.below(256));
    return Uint8Array.from({ length: size * size * 3 }, (_, i) => {
      const [y, x, c] = [Math.floor(i / (3 * size)), Math.floor(i / 3) % size, i % 3];
      const row = Math.floor((y * SQUARES) / size);
      const column = Math.floor((x * SQUARES) / size);
      const colour = colours[(row * SQUARES + column) * 3 + c] ?? 0;
      return Math.min(255, Math.max(0, colour + NOISE * (random.next() - 0.5)));
    });
  });
}
