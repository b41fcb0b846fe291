import type { ImageFormat } from './sniff.ts';

/**
 * Looks whether the file holds all of its picture. Browsers draw what is there of a cut-off photo and leave the
 * rest grey, without a word; such a photo must not become a face.
 *
 * @returns what is missing, in words; null when nothing is, or when the format's own decoder will notice.
 */
export function whatIsMissing(format: ImageFormat, bytes: Uint8Array): string | null {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const cut = 'the file is cut off: its end is missing';
  switch (format) {
    case 'jpeg':
      return jpegEnds(bytes, view) ? null : cut;
    case 'png':
      return pngEnds(view) ? null : cut;
    case 'webp':
      return bytes.length >= 12 && view.getUint32(4, true) + 8 <= bytes.length ? null : cut;
    case 'bmp':
      return bmpEnds(view) ? null : cut;
    case 'gif':
    case 'avif':
    case 'tiff':
    case 'pnm':
    case 'heic':
      return null;
  }
}

/**
 * True when the scan data of a JPEG is followed by another marker up to EOI. Segments are stepped over by their
 * length, so that the end of an embedded thumbnail is not taken for the photo's.
 */
function jpegEnds(bytes: Uint8Array, view: DataView): boolean {
  let at = 2;
  let scans = 0;
  while (at + 1 < bytes.length) {
    if (bytes[at] !== 0xff) {
      at++; // scan data, or stray bytes between segments
      continue;
    }
    const marker = bytes[at + 1] ?? 0;
    if (marker === 0xd9) return scans > 0;
    if (marker === 0xff) at++;
    else if (marker === 0x00 || marker === 0x01 || (marker >= 0xd0 && marker <= 0xd8)) at += 2;
    else {
      if (at + 4 > bytes.length) return false;
      if (marker === 0xda) scans++;
      at += 2 + view.getUint16(at + 2);
    }
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
