import type { ImageFormat } from './sniff.ts';

/** The reason given for a truncated photo. */
export const TRUNCATED = 'the file is cut off: its end is missing';

/**
 * Checks whether a file is complete. Browsers draw what is there of a truncated photo and leave the rest grey, without an
 * error; such a photo must not become a face.
 *
 * A JPEG that may lack only its end marker passes: {@link lacksEndMarker} detects it, and only decoding shows whether its
 * image is complete.
 *
 * @returns what is missing, in words; null when nothing is, or when the decoder of the format will notice.
 */
export function truncationOf(format: ImageFormat, bytes: Uint8Array): string | null {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  switch (format) {
    case 'jpeg':
      return jpegEnd(bytes, view) === 'cut' ? TRUNCATED : null;
    case 'png':
      return pngEnds(view) ? null : TRUNCATED;
    case 'webp':
      return bytes.length >= 12 && view.getUint32(4, true) + 8 <= bytes.length ? null : TRUNCATED;
    case 'bmp':
      return bmpEnds(view) ? null : TRUNCATED;
    case 'gif':
      return gifEnds(bytes) ? null : TRUNCATED;
    case 'avif':
    case 'tiff':
    case 'pnm':
    case 'heic':
      return null;
  }
}

/** True for a JPEG that ends in picture data, where its end marker should be: it may or may not be complete. */
export function lacksEndMarker(bytes: Uint8Array): boolean {
  return jpegEnd(bytes, new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)) === 'no-marker';
}

/**
 * How a JPEG ends: with EOI after its scan data; in scan data; or inside a segment or before any scan. Segments are
 * stepped over by their length, so that the end of an embedded thumbnail is not taken for the photo's.
 */
function jpegEnd(bytes: Uint8Array, view: DataView): 'complete' | 'no-marker' | 'cut' {
  let at = 2;
  let scans = 0;
  while (at + 1 < bytes.length) {
    if (bytes[at] !== 0xff) {
      at++; // scan data, or stray bytes between segments
      continue;
    }
    const marker = bytes[at + 1] ?? 0;
    if (marker === 0xd9) return scans > 0 ? 'complete' : 'cut';
    if (marker === 0xff) at++;
    else if (marker === 0x00 || marker === 0x01 || (marker >= 0xd0 && marker <= 0xd8)) at += 2;
    else {
      if (at + 4 > bytes.length) return 'cut';
      if (marker === 0xda) scans++;
      at += 2 + view.getUint16(at + 2);
    }
  }
  return scans > 0 && at <= bytes.length ? 'no-marker' : 'cut';
}

/** True when the first frame of a GIF has all its data blocks (GIF89a, sections 18 to 22): later ones are not used. */
function gifEnds(bytes: Uint8Array): boolean {
  const tableSize = (flags: number): number => (flags & 0x80 ? 3 * 2 ** ((flags & 7) + 1) : 0);
  let at = 13 + tableSize(bytes[10] ?? 0);
  while (at < bytes.length) {
    const isFrame = bytes[at] === 0x2c;
    if (isFrame) at += 10 + tableSize(bytes[at + 9] ?? 0) + 1;
    else if (bytes[at] === 0x21) at += 2;
    else return false;
    let length = bytes[at];
    while (length !== 0) {
      if (length === undefined) return false;
      at += 1 + length;
      length = bytes[at];
    }
    at++;
    if (isFrame) return true;
  }
  return false;
}

/** True when all chunks up to IEND are there in full. */
function pngEnds(view: DataView): boolean {
  let at = 8;
  while (at + 12 <= view.byteLength) {
    const length = view.getUint32(at);
    if (view.getUint32(at + 4) === 0x49454e44) return true;
    at += 12 + length;
  }
  return false;
}

/** True when an uncompressed bitmap has all its rows (each padded to four bytes). */
function bmpEnds(view: DataView): boolean {
  if (view.byteLength < 34 || view.getUint32(14, true) < 40) return true;
  if (view.getUint32(30, true) !== 0) return true;
  const row = Math.ceil((Math.abs(view.getInt32(18, true)) * view.getUint16(28, true)) / 32) * 4;
  return view.getUint32(10, true) + row * Math.abs(view.getInt32(22, true)) <= view.byteLength;
}
