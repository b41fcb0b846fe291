import { DamagedError } from './pnm.ts';

/** Bytes tried in place of an end: enough for some hundreds of 8x8 blocks. */
const TRIAL_BYTES = 2048;
/** Rows compared at a time: memory stays small whatever the size of the photo. */
const BAND = 64;

/**
 * Repairs a JPEG without its end marker (EOI), as some cameras and interrupted copies leave them. A decoder that
 * has all of the picture ignores what follows; one that needs more decodes it. So the file is
 * decoded with its marker, and once more with noise before the marker: where both pictures are equal nothing was missing.
 *
 * @returns the photo with its end marker
 * @throws DamagedError when part of the picture is missing
 */
export async function endJpeg(
  bytes: Uint8Array<ArrayBuffer>,
  missing: string,
): Promise<Uint8Array<ArrayBuffer>> {
  const marked = ended(bytes, new Uint8Array(0));
  // Below 0xff, so that none of it is taken for a marker.
  const noise = Uint8Array.from({ length: TRIAL_BYTES }, (_, i) => (i * 151 + (i >> 3) * 89 + 37) % 255);
  const [plain, noisy] = await Promise.all([bitmapOf(marked), bitmapOf(ended(bytes, noise))]);
  try {
    if (!equal(plain, noisy)) throw new DamagedError(missing);
    return marked;
  } finally {
    plain.close();
    noisy.close();
  }
}

function ended(bytes: Uint8Array, between: Uint8Array): Uint8Array<ArrayBuffer> {
  // The first half of a marker may be there.
  const length = bytes.at(-1) === 0xff ? bytes.length - 1 : bytes.length;
  const result = new Uint8Array(length + between.length + 2);
  result.set(bytes.subarray(0, length));
  result.set(between, length);
  result.set([0xff, 0xd9], length + between.length);
  return result;
}

const bitmapOf = (bytes: Uint8Array<ArrayBuffer>): Promise<ImageBitmap> =>
  createImageBitmap(new Blob([bytes], { type: 'image/jpeg' }), { imageOrientation: 'none' });

function equal(a: ImageBitmap, b: ImageBitmap): boolean {
  if (a.width !== b.width || a.height !== b.height) return false;
  const context = new OffscreenCanvas(a.width, BAND).getContext('2d', { willReadFrequently: true });
  if (!context) throw new DamagedError('the browser has no memory left to draw it');
  const band = (bitmap: ImageBitmap, top: number, rows: number): Uint32Array => {
    context.clearRect(0, 0, a.width, BAND);
    context.drawImage(bitmap, 0, top, a.width, rows, 0, 0, a.width, rows);
    return new Uint32Array(context.getImageData(0, 0, a.width, rows).data.buffer);
  };
  for (let top = 0; top < a.height; top += BAND) {
    const rows = Math.min(BAND, a.height - top);
    const other = band(b, top, rows);
    if (band(a, top, rows).some((pixel, i) => pixel !== other[i])) return false;
  }
  return true;
}
