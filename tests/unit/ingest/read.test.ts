import { describe, expect, it } from 'vitest';
import { DamagedError, readPnm } from '../../../src/ingest/decode/pnm.ts';
import { ANCHORS, readOutputs } from '../../../src/ingest/detect/boxes.ts';
import { selectFace } from '../../../src/ingest/detect/select-face.ts';
import { dimensions } from '../../../src/ingest/files/dimensions.ts';
import { isSystemFile, sniff } from '../../../src/ingest/files/sniff.ts';
import { lacksEndMarker, truncationOf } from '../../../src/ingest/files/truncation.ts';
import { whyUnsafe, withSlashes } from '../../../src/ingest/files/unzip.ts';

const bytes = (text: string): Uint8Array => Uint8Array.from(text, (character) => character.charCodeAt(0));

describe('PGM and PPM', () => {
  it('reads P2, P3, P5 and P6 in 8 and 16 bits, with comments', () => {
    const grey = (pixels: { data: Uint8ClampedArray }) =>
      Array.from(pixels.data).filter((_, i) => i % 4 === 0);
    expect(grey(readPnm(bytes('P2 # hi\n2 2\n255\n0 10 20 255')))).toEqual([0, 10, 20, 255]);
    expect(grey(readPnm(bytes('P5\n#c\n2 1\n255\n\x05\xfe')))).toEqual([5, 254]);
    expect(grey(readPnm(bytes('P5 2 1 65535\n\xff\xff\x80\x00')))).toEqual([255, 128]);
    expect(Array.from(readPnm(bytes('P6 1 1 255 \x01\x02\x03')).data)).toEqual([1, 2, 3, 255]);
    expect(Array.from(readPnm(bytes('P3 1 1 15 15 0 5')).data)).toEqual([255, 0, 85, 255]);
  });

  it('names what is missing, before making room for it', () => {
    expect(() => readPnm(bytes('P5 2 2 255\n\x01'))).toThrow(DamagedError);
    expect(() => readPnm(bytes('P2 99999 99999 255\n1 2 3'))).toThrow(/cut off/);
    expect(() => readPnm(bytes('P5 2'))).toThrow(/not complete/);
  });
});

describe('first looks at bytes', () => {
  it('recognises formats by content', () => {
    expect(sniff(bytes('\xff\xd8\xff\xe0'))).toEqual({ kind: 'image', format: 'jpeg' });
    expect(sniff(bytes('\0\0\0\x18ftypheic\0\0\0\0mif1heic'))).toEqual({ kind: 'image', format: 'heic' });
    expect(sniff(bytes('\0\0\0\x1cftypmif1\0\0\0\0mif1avif'))).toEqual({ kind: 'image', format: 'avif' });
    expect(sniff(bytes('\0\0\0\x18ftypisom\0\0\0\0'))).toMatchObject({ kind: 'other', looksLike: 'a video' });
    expect(sniff(bytes('BMW is a car'))).toMatchObject({ kind: 'other', looksLike: 'text' });
    expect(sniff(bytes('<svg xmlns='))).toMatchObject({ kind: 'other', looksLike: 'an SVG drawing' });
    expect(sniff(bytes('PK\x03\x04')).kind).toBe('other');
    expect(sniff(bytes('{"format":"layers-model","modelTopology":{'))).toEqual({ kind: 'network' });
    expect(sniff(bytes('{"name":"modelTopology"}'))).toMatchObject({ kind: 'other', looksLike: 'text' });
  });

  it('reads sizes from headers and does not run past them', () => {
    expect(dimensions('png', bytes('\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\x01\0\0\0\x02\0\0'))).toEqual({
      width: 65536,
      height: 131072,
    });
    expect(dimensions('png', bytes('\x89PNG'))).toBeNull();
    expect(dimensions('jpeg', bytes('\xff\xd8\xff\xe0\0\x04ab\xff\xc2\0\x11\x08\0\x10\0\x20'))).toEqual({
      width: 32,
      height: 16,
    });
    expect(dimensions('jpeg', bytes('\xff\xd8\xff\xe0'))).toBeNull();
  });

  it('sees a JPEG without its end, also when a thumbnail in it has one', () => {
    const thumbnail = '\xff\xe1\0\x08\xff\xd8\xff\xd9ab';
    const scan = '\xff\xda\0\x04aa\x12\xff\x00\x34\xff\xd0\x56';
    expect(truncationOf('jpeg', bytes(`\xff\xd8${thumbnail}${scan}\xff\xd9`))).toBeNull();
    // Without its end the picture may still be complete: only decoding shows it.
    expect(lacksEndMarker(bytes(`\xff\xd8${thumbnail}${scan}\xff\xd9`))).toBe(false);
    expect(lacksEndMarker(bytes(`\xff\xd8${thumbnail}${scan}`))).toBe(true);
    expect(lacksEndMarker(bytes(`\xff\xd8${thumbnail}${scan}\xff`))).toBe(true);
    // In the middle of a segment, or before any picture data, it cannot be.
    expect(truncationOf('jpeg', bytes(`\xff\xd8${thumbnail}`))).toMatch(/cut off/);
    expect(truncationOf('jpeg', bytes(`\xff\xd8${thumbnail}${scan}\xff\xc4\0\x20ab`))).toMatch(/cut off/);
  });

  it('sees a GIF whose first frame is not all there', () => {
    const start = 'GIF89a\x02\0\x02\0\x80\0\0aaabbb';
    const control = '!\xf9\x04\0\0\0\0\0';
    const frame = ',\0\0\0\0\x02\0\x02\0\0\x02\x02\x84\x51\0';
    expect(truncationOf('gif', bytes(`${start}${control}${frame};`))).toBeNull();
    expect(truncationOf('gif', bytes(`${start}${frame}`))).toBeNull();
    expect(truncationOf('gif', bytes(`${start}${control}${frame.slice(0, -1)}`))).toMatch(/cut off/);
    expect(truncationOf('gif', bytes(`${start}${control}`))).toMatch(/cut off/);
    expect(truncationOf('gif', bytes('GIF89a'))).toMatch(/cut off/);
  });

  it('recognises system files, and paths that leave an archive', () => {
    expect(isSystemFile('Ada/.DS_Store')).toBe(true);
    expect(isSystemFile('__MACOSX/Ada/._1.jpg')).toBe(true);
    expect(isSystemFile('Ada/1.jpg')).toBe(false);
    for (const path of [
      '../x',
      'a/../../x',
      '/etc/x',
      'C:/x',
      'a\\..\\x',
      'C:\\x',
      '\\\\host\\x',
      '..\\x',
      'a/..\\x',
    ])
      expect(whyUnsafe(withSlashes(path)), path).not.toBeNull();
    expect(whyUnsafe(withSlashes('a/..b\\c..jpg'))).toBeNull();
  });
});

describe('faces', () => {
  it('reads a box and its points around their anchor', () => {
    expect(ANCHORS[256]).toHaveLength(896);
    expect(ANCHORS[256][0]).toEqual({ x: 8, y: 8 });
    expect(ANCHORS[256][512]).toEqual({ x: 16, y: 16 });
    expect(ANCHORS[128]).toHaveLength(896 / 4);
    expect(ANCHORS[128][128]).toEqual({ x: 16, y: 16 });
    expect(ANCHORS[128].at(-1)).toEqual({ x: 112, y: 112 });
    const logits = new Float32Array(896).fill(-9);
    const values = new Float32Array(896 * 16);
    logits[512] = 3;
    values.set([4, 8, 64, 32, -10, 1, 10, 2, 0, 3, 0, 12], 512 * 16);
    const [face] = readOutputs(logits, values, { x: 100, y: 200, side: 512 }, 0.5);
    expect(face).toMatchObject({ x: 100 + 2 * (20 - 32), y: 200 + 2 * (24 - 16), width: 128, height: 64 });
    expect(face?.points).toEqual([
      { x: 112, y: 234 },
      { x: 152, y: 236 },
      { x: 132, y: 238 },
      { x: 132, y: 256 },
    ]);
  });

  it('takes the largest near the middle, and asks where two are equally likely', () => {
    const at = (x: number, y: number, width: number, score = 0.9) => ({
      x: x - width / 2,
      y: y - width / 2,
      width,
      height: width,
      score,
      points: [],
    });
    expect(selectFace([], 100, 100).kind).toBe('none');
    expect(selectFace([at(50, 50, 20), at(10, 10, 24)], 100, 100)).toMatchObject({
      kind: 'one',
      several: true,
      face: { width: 20 },
    });
    expect(selectFace([at(50, 50, 20), at(90, 90, 5)], 100, 100)).toMatchObject({
      kind: 'one',
      several: false,
    });
    expect(selectFace([at(50, 50, 20), at(60, 60, 30, 0.55)], 100, 100)).toMatchObject({
      kind: 'one',
      face: { width: 20 },
    });
    expect(selectFace([at(30, 50, 20), at(70, 50, 20)], 100, 100)).toMatchObject({ kind: 'ambiguous' });
  });
});
