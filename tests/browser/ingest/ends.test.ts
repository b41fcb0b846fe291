import { describe, expect, it } from 'vitest';
import { decode } from '../../../src/ingest/decode/decode.ts';
import { base } from '../../../src/ingest/image-pyramid.ts';
import { createRandom } from '../../../src/lib/random.ts';

/** A picture with detail everywhere, so that any lost part of it changes it. */
function drawn(): OffscreenCanvas {
  const canvas = new OffscreenCanvas(160, 120);
  const context = canvas.getContext('2d');
  if (!context) throw new Error('no canvas');
  const random = createRandom(3);
  for (let i = 0; i < 300; i++) {
    context.fillStyle = `hsl(${random.below(360)} 70% ${20 + random.below(60)}%)`;
    context.fillRect(random.below(160), random.below(120), 20, 20);
  }
  return canvas;
}

const jpeg = async (): Promise<Uint8Array<ArrayBuffer>> =>
  new Uint8Array(await (await drawn().convertToBlob({ type: 'image/jpeg', quality: 0.9 })).arrayBuffer());

/** An uncompressed RGB TIFF of one strip, little-endian: header, directory, pixels. */
function tiff(width: number, height: number): Uint8Array<ArrayBuffer> {
  const pixels = width * height * 3;
  const tags: [number, number, number][] = [
    [256, 4, width],
    [257, 4, height],
    [258, 3, 8],
    [259, 3, 1],
    [262, 3, 2],
    [273, 4, 0], // filled in below
    [277, 3, 3],
    [278, 4, height],
    [279, 4, pixels],
  ];
  const directory = 8;
  const data = directory + 2 + tags.length * 12 + 4;
  const bytes = new Uint8Array(data + pixels);
  const view = new DataView(bytes.buffer);
  bytes.set([0x49, 0x49, 42, 0]);
  view.setUint32(4, directory, true);
  view.setUint16(directory, tags.length, true);
  tags.forEach(([tag, type, value], i) => {
    const at = directory + 2 + i * 12;
    view.setUint16(at, tag, true);
    view.setUint16(at + 2, type, true);
    view.setUint32(at + 4, 1, true);
    if (type === 3) view.setUint16(at + 8, value, true);
    else view.setUint32(at + 8, tag === 273 ? data : value, true);
  });
  bytes.fill(200, data);
  return bytes;
}

const pixelsOf = async (bytes: Uint8Array<ArrayBuffer>): Promise<Uint8ClampedArray> => {
  const decoded = await decode(bytes);
  if (!decoded.ok) throw new Error(JSON.stringify(decoded.reason));
  return base(decoded.picture).data;
};
const refusal = async (bytes: Uint8Array<ArrayBuffer>): Promise<string> => {
  const decoded = await decode(bytes);
  return decoded.ok ? 'used' : JSON.stringify(decoded.reason);
};

describe('a photo without its end', () => {
  it('is used where only the end marker of a JPEG is missing, all of it or half', async () => {
    const complete = await jpeg();
    const wanted = await pixelsOf(complete);
    for (const lost of [1, 2]) expect(await pixelsOf(complete.slice(0, -lost))).toEqual(wanted);
  });

  it('is refused where any of the picture is missing', async () => {
    const complete = await jpeg();
    for (const lost of [6, 20, 200, Math.floor(complete.length / 2)])
      expect(await refusal(complete.slice(0, -lost)), `${lost} bytes lost`).toMatch(/damaged.*cut off/);
  });

  it('is refused as a TIFF too', async () => {
    const bytes = tiff(40, 30);
    expect((await pixelsOf(bytes)).slice(0, 4)).toEqual(new Uint8ClampedArray([200, 200, 200, 255]));
    expect(await refusal(bytes.slice(0, -1))).toMatch(/damaged.*cut off/);
    expect(await refusal(bytes.slice(0, -2000))).toMatch(/damaged.*cut off/);
  });
});
