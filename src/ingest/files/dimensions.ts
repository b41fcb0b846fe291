import type { ImageFormat } from './sniff.ts';

export interface Dimensions {
  readonly width: number;
  readonly height: number;
}

/** Bytes of a file in which {@link dimensions} looks; a JPEG may carry a large colour profile before its size. */
export const HEADER_BYTES = 262_144;

/**
 * Width and height as the header declares them, without decoding anything (orientation not applied).
 * Null when the bytes given do not say: then the decoder has to.
 */
export function dimensions(format: ImageFormat, bytes: Uint8Array): Dimensions | null {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  try {
    const found = read(format, bytes, view);
    return found && found.width > 0 && found.height > 0 ? found : null;
  } catch (thrown) {
    // Reading past the end: the header is cut off.
    if (thrown instanceof RangeError) return null;
    throw thrown;
  }
}

function read(format: ImageFormat, bytes: Uint8Array, view: DataView): Dimensions | null {
  switch (format) {
    case 'jpeg':
      return jpeg(view);
    case 'png':
      return { width: view.getUint32(16), height: view.getUint32(20) };
    case 'gif':
      return { width: view.getUint16(6, true), height: view.getUint16(8, true) };
    case 'bmp':
      return view.getUint32(14, true) === 12
        ? { width: view.getUint16(18, true), height: view.getUint16(20, true) }
        : { width: Math.abs(view.getInt32(18, true)), height: Math.abs(view.getInt32(22, true)) };
    case 'webp':
      return webp(view);
    case 'avif':
    case 'heic':
      return isoMedia(bytes, view);
    case 'tiff':
      return tiff(view);
    case 'pnm':
      return pnm(bytes);
  }
}

/** Walks the marker segments to the frame header (SOF0 to SOF15 without DHT, JPG and DAC). */
function jpeg(view: DataView): Dimensions | null {
  let at = 2;
  for (;;) {
    while (view.getUint8(at) === 0xff && view.getUint8(at + 1) === 0xff) at++;
    if (view.getUint8(at) !== 0xff) return null;
    const marker = view.getUint8(at + 1);
    if (marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc)
      return { width: view.getUint16(at + 7), height: view.getUint16(at + 5) };
    if (marker === 0xd9 || marker === 0xda) return null;
    at += 2 + view.getUint16(at + 2);
  }
}

function webp(view: DataView): Dimensions | null {
  const kind = String.fromCharCode(
    view.getUint8(12),
    view.getUint8(13),
    view.getUint8(14),
    view.getUint8(15),
  );
  const uint24 = (at: number): number => view.getUint16(at, true) | (view.getUint8(at + 2) << 16);
  if (kind === 'VP8X') return { width: uint24(24) + 1, height: uint24(27) + 1 };
  if (kind === 'VP8 ')
    return { width: view.getUint16(26, true) & 0x3fff, height: view.getUint16(28, true) & 0x3fff };
  if (kind !== 'VP8L') return null;
  const bits = view.getUint32(21, true);
  return { width: (bits & 0x3fff) + 1, height: ((bits >>> 14) & 0x3fff) + 1 };
}

/** The largest `ispe` (image spatial extents) property: thumbnails and tiles have smaller ones. */
function isoMedia(bytes: Uint8Array, view: DataView): Dimensions | null {
  let best: Dimensions | null = null;
  for (let at = 4; at + 16 <= bytes.length; at++) {
    if (bytes[at] !== 0x69 || bytes[at + 1] !== 0x73 || bytes[at + 2] !== 0x70 || bytes[at + 3] !== 0x65)
      continue;
    if (view.getUint32(at - 4) !== 20) continue;
    const found = { width: view.getUint32(at + 8), height: view.getUint32(at + 12) };
    if (!best || found.width * found.height > best.width * best.height) best = found;
  }
  return best;
}

/** Tags 256 and 257 of the first directory. */
function tiff(view: DataView): Dimensions | null {
  const little = view.getUint8(0) === 0x49;
  const start = view.getUint32(4, little);
  const count = view.getUint16(start, little);
  let width = 0;
  let height = 0;
  for (let i = 0; i < count; i++) {
    const at = start + 2 + i * 12;
    const tag = view.getUint16(at, little);
    if (tag !== 256 && tag !== 257) continue;
    const value =
      view.getUint16(at + 2, little) === 3 ? view.getUint16(at + 8, little) : view.getUint32(at + 8, little);
    if (tag === 256) width = value;
    else height = value;
  }
  return { width, height };
}

function pnm(bytes: Uint8Array): Dimensions | null {
  const head = String.fromCharCode(...bytes.subarray(0, 4096)).replace(/#[^\r\n]*/g, ' ');
  const fields = /^P[2356]\s+(\d{1,9})\s+(\d{1,9})\s/.exec(head);
  return fields ? { width: Number(fields[1]), height: Number(fields[2]) } : null;
}
