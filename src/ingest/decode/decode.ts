import type { RejectReason } from '../../domain/faces.ts';
import { type Dimensions, dimensions } from '../files/dimensions.ts';
import { type ImageFormat, sniff } from '../files/sniff.ts';
import { lacksEndMarker, TRUNCATED, truncationOf } from '../files/truncation.ts';
import { createPyramid, type ImagePyramid } from '../image-pyramid.ts';
import { readHeic } from './heic.ts';
import { DamagedError, readPnm } from './pnm.ts';
import { readTiff } from './tiff.ts';
import { endJpeg } from './unended-jpeg.ts';

/** Longest side of a working picture: larger photos are scaled down to it right after they are decoded. */
export const WORKING_SIDE = 2560;
/** A photo that declares more pixels is not decoded: 200 million take 800 MB of memory. */
export const PIXEL_LIMIT = 200_000_000;
/** Larger files are not read. */
export const FILE_LIMIT = 300_000_000;
/** Photos above this many pixels are decoded one at a time. */
const HUGE = 16_000_000;

const NAMES: Readonly<Record<ImageFormat, string>> = {
  jpeg: 'JPEG',
  png: 'PNG',
  webp: 'WebP',
  avif: 'AVIF',
  gif: 'GIF',
  bmp: 'BMP',
  tiff: 'TIFF',
  pnm: 'PGM/PPM',
  heic: 'HEIC',
};

export type Decoded =
  | { readonly ok: true; readonly picture: ImagePyramid }
  | { readonly ok: false; readonly reason: RejectReason };

const refused = (reason: RejectReason): Decoded => ({ ok: false, reason });

let hugeTurn: Promise<unknown> = Promise.resolve();

/** Makes an upright working picture of a file's bytes, or says why there is none. Never throws on bad files. */
export async function decode(bytes: Uint8Array<ArrayBuffer>): Promise<Decoded> {
  if (bytes.length === 0) return refused({ kind: 'empty' });
  const sniffed = sniff(bytes);
  if (sniffed.kind === 'network') return refused(sniffed);
  if (sniffed.kind === 'other') return refused({ kind: 'not-an-image', looksLike: sniffed.looksLike });
  if (sniffed.kind === 'unsupported') return refused({ kind: 'unsupported', format: sniffed.format });
  const { format } = sniffed;
  const size = dimensions(format, bytes);
  const tooLarge = size && oversize(size);
  if (tooLarge) return refused({ kind: 'too-large', detail: tooLarge });
  try {
    const missing = truncationOf(format, bytes);
    if (missing !== null) throw new DamagedError(missing);
    const run = (): Promise<ImagePyramid> => toPicture(format, bytes);
    if (!size || size.width * size.height <= HUGE) return { ok: true, picture: await run() };
    const turn = hugeTurn.then(run);
    hugeTurn = turn.catch(() => undefined);
    return { ok: true, picture: await turn };
  } catch (thrown) {
    const detail = thrown instanceof DamagedError ? thrown.message : 'the browser cannot decode it';
    return refused({ kind: 'damaged', detail: `${NAMES[format]}: ${detail}` });
  }
}

/** Says why a picture of this declared size is not decoded; null when it may be. */
export function oversize(size: Dimensions): string | null {
  if (size.width * size.height <= PIXEL_LIMIT && size.width <= 65_535 && size.height <= 65_535) return null;
  return `${size.width} x ${size.height} pixels; at most ${PIXEL_LIMIT / 1e6} million can be opened`;
}

async function toPicture(format: ImageFormat, bytes: Uint8Array<ArrayBuffer>): Promise<ImagePyramid> {
  const bitmap = await toBitmap(format, bytes);
  try {
    // What the header did not tell is checked here, before a canvas is made for it.
    const tooLarge = oversize(bitmap);
    if (tooLarge) throw new DamagedError(tooLarge);
    const reduction = Math.max(1, Math.max(bitmap.width, bitmap.height) / WORKING_SIDE);
    const width = Math.max(1, Math.round(bitmap.width / reduction));
    const height = Math.max(1, Math.round(bitmap.height / reduction));
    const context = new OffscreenCanvas(width, height).getContext('2d', { willReadFrequently: true });
    if (!context) throw new DamagedError('the browser has no memory left to draw it');
    // Transparent parts become white, as on paper.
    context.fillStyle = '#fff';
    context.fillRect(0, 0, width, height);
    context.imageSmoothingQuality = 'high';
    context.drawImage(bitmap, 0, 0, width, height);
    const { data } = context.getImageData(0, 0, width, height);
    return createPyramid({ width, height, data }, reduction);
  } finally {
    bitmap.close();
  }
}

async function toBitmap(format: ImageFormat, bytes: Uint8Array<ArrayBuffer>): Promise<ImageBitmap> {
  switch (format) {
    case 'pnm': {
      const { width, height, data } = readPnm(bytes);
      const pixels = new ImageData(width, height);
      pixels.data.set(data);
      return createImageBitmap(pixels);
    }
    case 'tiff':
      return createImageBitmap(await readTiff(bytes));
    case 'heic': {
      // Safari decodes HEIC by itself; elsewhere libheif does.
      const native = await fromBrowser(format, bytes).catch(() => null);
      return native ?? createImageBitmap(await readHeic(bytes));
    }
    case 'jpeg':
      return fromBrowser(format, lacksEndMarker(bytes) ? await endJpeg(bytes, TRUNCATED) : bytes);
    case 'png':
    case 'webp':
    case 'avif':
    case 'gif':
    case 'bmp':
      return fromBrowser(format, bytes);
  }
}

function fromBrowser(format: ImageFormat, bytes: Uint8Array<ArrayBuffer>): Promise<ImageBitmap> {
  return createImageBitmap(new Blob([bytes], { type: `image/${format}` }), {
    imageOrientation: 'from-image',
  });
}
