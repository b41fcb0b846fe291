import type { Pixels } from '../pixels.ts';

/** A picture file with invalid content; the text says what is wrong. */
export class DamagedError extends Error {}

/**
 * Reads PGM and PPM (Netpbm): P2 and P3 in decimal, P5 and P6 in binary, 8 or 16 bits a sample (16-bit samples
 * have the high byte first; they are scaled to 8 bits by the declared largest value). Comments run from `#` to
 * the end of the line. Only the first picture of a file is read.
 *
 * @throws DamagedError when the header or the pixels are not all there.
 */
export function readPnm(bytes: Uint8Array): Pixels {
  const kind = bytes[0] === 0x50 ? (bytes[1] ?? 0) - 0x30 : 0;
  if (![2, 3, 5, 6].includes(kind)) throw new DamagedError('the header is not one of PGM or PPM');
  const reader = createReader(bytes, 2);
  const width = reader.number();
  const height = reader.number();
  const largest = reader.number();
  if (width === null || height === null || largest === null || width * height === 0)
    throw new DamagedError('the header is not complete');
  if (largest < 1 || largest > 65535) throw new DamagedError(`the largest value ${largest} is not allowed`);
  const channels = kind === 3 || kind === 6 ? 3 : 1;
  const samples = width * height * channels;
  const wide = largest > 255;
  const start = reader.position() + 1; // one white space ends the header
  if (kind >= 5 && bytes.length - start < samples * (wide ? 2 : 1))
    throw new DamagedError('the file is cut off: pixels are missing');
  // In decimal a sample takes at least a digit and a space: no picture is made for a header that promises more.
  if (kind < 5 && bytes.length - start + 1 < samples * 2 - 1)
    throw new DamagedError('the file is cut off: pixels are missing');

  const data = new Uint8ClampedArray(width * height * 4).fill(255);
  for (let i = 0; i < samples; i++) {
    let value: number | null;
    if (kind < 5) value = reader.number();
    else if (wide) value = ((bytes[start + 2 * i] ?? 0) << 8) | (bytes[start + 2 * i + 1] ?? 0);
    else value = bytes[start + i] ?? 0;
    if (value === null) throw new DamagedError('the file is cut off: pixels are missing');
    const shade = (Math.min(value, largest) * 255) / largest;
    const pixel = Math.floor(i / channels) * 4;
    if (channels === 3) data[pixel + (i % 3)] = shade;
    else data.fill(Math.round(shade), pixel, pixel + 3);
  }
  return { width, height, data };
}

/** Reads decimal numbers between white space and comments. */
function createReader(bytes: Uint8Array, from: number): { number(): number | null; position(): number } {
  let at = from;
  const isDigit = (byte: number | undefined): boolean => byte !== undefined && byte >= 0x30 && byte <= 0x39;
  return {
    number() {
      for (;;) {
        const byte = bytes[at];
        if (byte === undefined) return null;
        if (byte === 0x23) while (at < bytes.length && bytes[at] !== 0x0a && bytes[at] !== 0x0d) at++;
        else if (byte === 0x20 || (byte >= 0x09 && byte <= 0x0d)) at++;
        else if (isDigit(byte)) break;
        else return null;
      }
      let value = 0;
      while (isDigit(bytes[at]) && value < 1e9) value = value * 10 + (bytes[at++] ?? 0) - 0x30;
      return value;
    },
    position: () => at,
  };
}
