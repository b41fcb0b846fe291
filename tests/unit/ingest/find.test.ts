import { describe, expect, it } from 'vitest';
import type { Detector } from '../../../src/ingest/detect/blazeface.ts';
import type { Candidate } from '../../../src/ingest/detect/boxes.ts';
import { findAllFaces, findFaces, lookCloser } from '../../../src/ingest/detect/find.ts';
import { createPyramid } from '../../../src/ingest/image-pyramid.ts';

const [WIDTH, HEIGHT] = [1000, 600];
const picture = createPyramid(
  { width: WIDTH, height: HEIGHT, data: new Uint8ClampedArray(WIDTH * HEIGHT * 4) },
  1,
);

/** Sees one face in regions that hold it whole, where it takes at least an eighth of them; keeps their sides. */
function seeing(width: number): { readonly detect: Detector; readonly sides: number[] } {
  const face: Candidate = { x: 700, y: 120, width, height: width, score: 0.9, points: [] };
  const sides: number[] = [];
  const detect: Detector = (_, region) => {
    sides.push(Math.round(region.side));
    const inside =
      face.x >= region.x &&
      face.y >= region.y &&
      face.x + width <= region.x + region.side &&
      face.y + width <= region.y + region.side;
    return inside && width >= region.side / 8 ? [face] : [];
  };
  return { detect, sides };
}

describe('finding faces', () => {
  it('looks at a large face once', () => {
    const { detect, sides } = seeing(300);
    expect(findFaces(picture, detect)).toHaveLength(1);
    expect(sides).toEqual([1000]);
  });

  it('looks into the smaller tiles only where the larger ones show no face', () => {
    const nine = seeing(90);
    expect(findFaces(picture, nine.detect)).toHaveLength(1);
    expect(nine.sides).toContain(600);
    expect(nine.sides).not.toContain(330);

    const five = seeing(50);
    expect(findFaces(picture, five.detect)).toHaveLength(1);
    expect(five.sides).toContain(330);
  });

  it('looks everywhere before it finds nothing', () => {
    const { detect, sides } = seeing(20);
    expect(findFaces(picture, detect)).toEqual([]);
    expect(sides).toEqual(expect.arrayContaining([1000, 1700, 600, 330]));
  });
});

describe('finding all faces', () => {
  const face = (x: number, width: number): Candidate => ({
    x,
    y: 120,
    width,
    height: width,
    score: 0.9,
    points: [],
  });

  /** Sees faces in regions that hold them whole, where they take at least an eighth of them. */
  const detecting =
    (faces: readonly Candidate[], sides: number[] = []): Detector =>
    (_, region) => {
      sides.push(Math.round(region.side));
      return faces.filter(
        ({ x, y, width }) =>
          x >= region.x &&
          y >= region.y &&
          x + width <= region.x + region.side &&
          y + width <= region.y + region.side &&
          width >= region.side / 8,
      );
    };

  it('keeps small faces beside a large one, which are background where one person is looked for', () => {
    const detect = detecting([face(100, 300), face(700, 60)]);
    expect(findFaces(picture, detect).map(({ width }) => width)).toEqual([300]);
    expect(
      findAllFaces(picture, detect, 24)
        .map(({ width }) => width)
        .sort(),
    ).toEqual([300, 60]);
  });

  it('leaves out those that are too small to be of use, and does not look for them', () => {
    const sides: number[] = [];
    const detect = detecting([face(100, 300), face(700, 60)], sides);
    expect(findAllFaces(picture, detect, 80).map(({ width }) => width)).toEqual([300]);
    expect(sides).toEqual([1000]);
  });

  it('looks closer at small faces only', () => {
    const sides: number[] = [];
    const [large, small] = [face(100, 300), face(700, 60)];
    const detect = detecting([large, small], sides);
    expect(lookCloser(picture, detect, large)).toBe(large);
    expect(sides).toEqual([]);
    expect(lookCloser(picture, detect, small)).toEqual(small);
    expect(sides).toEqual([156]);
    expect(lookCloser(picture, detecting([]), small)).toBeNull();
  });
});
