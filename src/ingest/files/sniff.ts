/** Picture formats that can be decoded here. */
export type ImageFormat =
  | 'jpeg'
  | 'png'
  | 'webp'
  | 'avif'
  | 'gif'
  | 'bmp'
  | 'tiff'
  | 'pnm' // PGM and PPM, plain and binary
  | 'heic';

/** What the first bytes of a file say it is; its name is ignored. */
export type Sniffed =
  | { readonly kind: 'image'; readonly format: ImageFormat }
  /** The description of a TensorFlow.js model. */
  | { readonly kind: 'network' }
  | { readonly kind: 'unsupported'; readonly format: string }
  | { readonly kind: 'other'; readonly looksLike: string };

/** Bytes that {@link sniff} wants to see (fewer where the file is shorter). */
export const SNIFF_BYTES = 512;

const image = (format: ImageFormat): Sniffed => ({ kind: 'image', format });
const unsupported = (format: string): Sniffed => ({ kind: 'unsupported', format });
const other = (looksLike: string): Sniffed => ({ kind: 'other', looksLike });

/** Signatures at the start of a file, in Latin-1. The first that fits is taken. */
const SIGNATURES: readonly (readonly [string, Sniffed])[] = [
  ['\xff\xd8\xff', image('jpeg')],
  ['\x89PNG\r\n\x1a\n', image('png')],
  ['GIF87a', image('gif')],
  ['GIF89a', image('gif')],
  ['II*\0\x10\0\0\0CR', unsupported('camera raw (Canon CR2)')],
  ['IIU\0', unsupported('camera raw (Panasonic RW2)')],
  ['IIRO', unsupported('camera raw (Olympus ORF)')],
  ['FUJIFILMCCD-RAW', unsupported('camera raw (Fujifilm RAF)')],
  ['II*\0', image('tiff')],
  ['MM\0*', image('tiff')],
  ['II+\0', unsupported('BigTIFF')],
  ['MM\0+', unsupported('BigTIFF')],
  ['8BPS', unsupported('Photoshop document')],
  ['\xff\x0a', unsupported('JPEG XL')],
  ['\0\0\0\x0cJXL ', unsupported('JPEG XL')],
  ['\0\0\0\x0cjP  ', unsupported('JPEG 2000')],
  ['\xff\x4f\xff\x51', unsupported('JPEG 2000')],
  ['\0\0\x01\0', unsupported('Windows icon')],
  ['gimp xcf', unsupported('GIMP document')],
  ['\x76\x2f\x31\x01', unsupported('OpenEXR')],
  ['#?RADIANCE', unsupported('Radiance HDR')],
  ['qoif', unsupported('QOI')],
  ['PK\x03\x04', other('a zip archive inside what was dropped (unpack it first)')],
  ['PK\x05\x06', other('an empty zip archive')],
  ['Rar!', other('a RAR archive')],
  ['7z\xbc\xaf\x27\x1c', other('a 7-Zip archive')],
  ['\x1f\x8b', other('a gzip archive')],
  ['BZh', other('a bzip2 archive')],
  ['\xfd7zXZ', other('an xz archive')],
  ['%PDF', other('a PDF document')],
  ['\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1', other('an Office document or a Windows system file')],
  ['\x1a\x45\xdf\xa3', other('a video')],
  ['ID3', other('a sound file')],
  ['OggS', other('a sound file or video')],
  ['fLaC', other('a sound file')],
  ['MZ', other('a Windows program')],
  ['\x7fELF', other('a program')],
  ['SQLite format 3', other('a database')],
];

/** Brands of an ISO media file (the four letters after `ftyp`) that are pictures. */
const AVIF_BRANDS = new Set(['avif', 'avis']);
const HEIC_BRANDS = new Set(['heic', 'heix', 'hevc', 'hevx', 'heim', 'heis', 'hevm', 'hevs']);
/** `mif1` and `msf1` only say that it is a picture; the compatible brands say how it is coded. */
const GENERIC_BRANDS = new Set(['mif1', 'msf1', 'miaf']);

/** Tells what a file is from its first {@link SNIFF_BYTES} bytes. */
export function sniff(bytes: Uint8Array): Sniffed {
  const head = latin1(bytes.subarray(0, SNIFF_BYTES));
  for (const [signature, result] of SIGNATURES) if (head.startsWith(signature)) return result;
  if (head.startsWith('RIFF')) {
    const kind = head.slice(8, 12);
    if (kind === 'WEBP') return image('webp');
    return other(kind === 'AVI ' ? 'a video' : kind === 'WAVE' ? 'a sound file' : 'a media file');
  }
  if (head.slice(4, 8) === 'ftyp') return sniffIsoMedia(head);
  // "BM" alone is two letters of text; a real bitmap has one of the known header sizes 14 bytes in.
  if (head.startsWith('BM') && [12, 16, 40, 52, 56, 64, 108, 124].includes(head.charCodeAt(14)))
    return image('bmp');
  if (/^P[2356][\s#]/.test(head)) return image('pnm');
  if (/^P[147][\s#]/.test(head)) return unsupported('PBM or PAM picture');
  if (/^(\xef\xbb\xbf)?\s*\{/.test(head) && /"(modelTopology|weightsManifest)"\s*:/.test(head))
    return { kind: 'network' };
  return other(describeText(head));
}

function sniffIsoMedia(head: string): Sniffed {
  const length = Math.min((head.charCodeAt(2) << 8) | head.charCodeAt(3) || head.length, head.length);
  const brands = [head.slice(8, 12)];
  for (let at = 16; at + 4 <= length; at += 4) brands.push(head.slice(at, at + 4));
  if (brands.some((brand) => AVIF_BRANDS.has(brand))) return image('avif');
  if (brands.some((brand) => HEIC_BRANDS.has(brand) || GENERIC_BRANDS.has(brand))) return image('heic');
  if (brands[0] === 'crx ') return unsupported('camera raw (Canon CR3)');
  return other('a video');
}

function describeText(head: string): string {
  const text = head.replace(/^\xef\xbb\xbf/, '').trimStart();
  if (/^(<\?xml[^>]*>\s*)?(<!--.*?-->\s*)?(<!doctype svg[^>]*>\s*)?<svg/is.test(text))
    return 'an SVG drawing';
  if (/^<(!doctype html|html|head|body)/i.test(text)) return 'a web page';
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters distinguish bytes from text.
  if (/[\x00-\x08\x0e-\x1a\x7f]/.test(head)) return 'an unknown kind of file';
  return 'text';
}

function latin1(bytes: Uint8Array): string {
  let text = '';
  for (const byte of bytes) text += String.fromCharCode(byte);
  return text;
}

/** Files that operating systems and tools leave in folders. */
export function isSystemFile(path: string): boolean {
  const parts = path.split('/');
  const name = (parts[parts.length - 1] ?? '').toLowerCase();
  if (['.ds_store', 'thumbs.db', 'ehthumbs.db', 'desktop.ini', '.localized', 'icon\r'].includes(name))
    return true;
  if (name.startsWith('._') || name === '.directory' || name === '.gitkeep' || name === '.picasa.ini')
    return true;
  return parts.some((part) =>
    ['__macosx', '.git', '.svn', '@eadir', '.thumbnails'].includes(part.toLowerCase()),
  );
}
