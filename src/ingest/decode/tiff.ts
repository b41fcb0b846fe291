import { z } from 'zod';
import { TRUNCATED } from '../files/truncation.ts';
import { DamagedError } from './pnm.ts';

const pageSchema = z.object({ width: z.number().int().positive(), height: z.number().int().positive() });
const numbersSchema = z.array(z.number());
const orientationSchema = z.tuple([z.number().int().min(1).max(8)]).rest(z.unknown());

/**
 * Decodes the first page of a TIFF (utif2, loaded when the first one is met) and turns it upright by its
 * Orientation tag (TIFF 6.0, section 8).
 *
 * @throws DamagedError when the file has no page that can be read.
 */
export async function readTiff(bytes: Uint8Array<ArrayBuffer>): Promise<ImageData> {
  const { default: utif } = await import('utif2');
  const buffer = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength);
  try {
    const page = utif.decode(buffer)[0];
    if (!page) throw new DamagedError('it has no page');
    // The decoder takes bytes that are not there for zeros.
    if (!allThere(page, bytes.length)) throw new DamagedError(TRUNCATED);
    utif.decodeImage(buffer, page);
    const { width, height } = pageSchema.parse({ width: page.width, height: page.height });
    const rgba = utif.toRGBA8(page);
    if (rgba.length !== width * height * 4) throw new DamagedError('its pixels are not all there');
    const orientation = orientationSchema.safeParse(page['t274']);
    return upright(new ImageData(new Uint8ClampedArray(rgba), width, height), orientation.data?.[0] ?? 1);
  } catch (thrown) {
    if (thrown instanceof DamagedError) throw thrown;
    // utif2 throws strings and errors of many kinds on bytes that it cannot follow.
    throw new DamagedError(
      `it cannot be read (${thrown instanceof Error ? thrown.message : String(thrown)})`,
    );
  }
}

/** True when the file reaches to the end of every strip or tile that the page names (TIFF 6.0, sections 3 and 15). */
function allThere(page: Readonly<Record<string, unknown>>, length: number): boolean {
  const numbers = (tag: string): number[] => numbersSchema.safeParse(page[tag]).data ?? [];
  return [
    ['t273', 't279'],
    ['t324', 't325'],
  ].every(([offsets = '', counts = '']) => {
    const sizes = numbers(counts);
    return numbers(offsets).every((offset, i) => offset + (sizes[i] ?? 0) <= length);
  });
}

/**
 * Turns pixels upright by an EXIF/TIFF orientation: 1 as it is, 2 mirrored, 3 turned by 180 degrees, 4 flipped,
 * 5 transposed, 6 to be turned clockwise, 7 transversed, 8 to be turned counter-clockwise.
 */
export function upright(from: ImageData, orientation: number): ImageData {
  if (orientation <= 1 || orientation > 8) return from;
  const swapped = orientation >= 5;
  const width = swapped ? from.height : from.width;
  const height = swapped ? from.width : from.height;
  const to = new ImageData(width, height);
  const source = new Uint32Array(from.data.buffer);
  const target = new Uint32Array(to.data.buffer);
  const mirrored = orientation === 2 || orientation === 3 || orientation === 6 || orientation === 7;
  const flipped = orientation === 3 || orientation === 4 || orientation === 7 || orientation === 8;
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const u = mirrored ? width - 1 - x : x;
      const v = flipped ? height - 1 - y : y;
      target[y * width + x] = source[swapped ? u * from.width + v : v * from.width + u] ?? 0;
    }
  }
  return to;
}
