import { FACE_SIZE } from '../domain/faces.ts';
import { assert, present } from '../lib/assert.ts';
import { type Affine, base, type ImagePyramid, type Point, sample } from './image-pyramid.ts';
import type { Pixels } from './pixels.ts';

/**
 * Where the points of an upright face lie in an aligned one: right eye, left eye (the person's own right and
 * left: the right eye is at the left of the picture), nose, middle of the mouth, in pixels of the 112 x 112
 * template that InsightFace trains with; the mouth's middle is the mean of its two corners there.
 *
 * The template has pixel centres at integers, as the tools it comes from; half a pixel is added here, where
 * centres lie at halves.
 */
export const TEMPLATE: readonly Point[] = [
  { x: 38.2946, y: 51.6963 },
  { x: 73.5318, y: 51.5014 },
  { x: 56.0252, y: 71.7366 },
  { x: (41.5493 + 70.7299) / 2, y: (92.3655 + 92.2041) / 2 },
];

/**
 * The similarity (rotation, one scale, shift; never a mirror) that takes `from` to `to` with the least sum of
 * squared distances.
 *
 * In the plane the solution of Umeyama (1991, "Least-squares estimation of transformation parameters between two
 * point patterns", eq. 40 to 43) is closed: with both sets centred and written as complex numbers p and q, the
 * factor s e^(i angle) = sum(conj(p) q) / sum(|p|^2). It is a proper rotation by construction, which is what the
 * determinant test of the paper ensures.
 */
export function similarity(from: readonly Point[], to: readonly Point[]): Affine {
  assert(from.length === to.length && from.length >= 2, 'point sets pair up');
  const mean = (points: readonly Point[]): Point => ({
    x: points.reduce((sum, point) => sum + point.x, 0) / points.length,
    y: points.reduce((sum, point) => sum + point.y, 0) / points.length,
  });
  const centre = mean(from);
  const target = mean(to);
  let real = 0;
  let imaginary = 0;
  let spread = 0;
  from.forEach((point, i) => {
    const other = present(to[i], 'a point');
    const px = point.x - centre.x;
    const py = point.y - centre.y;
    const qx = other.x - target.x;
    const qy = other.y - target.y;
    real += px * qx + py * qy;
    imaginary += px * qy - py * qx;
    spread += px * px + py * py;
  });
  const a = spread > 0 ? real / spread : 0;
  const d = spread > 0 ? imaginary / spread : 0;
  return {
    a,
    b: -d,
    c: target.x - (a * centre.x - d * centre.y),
    d,
    e: a,
    f: target.y - (d * centre.x + a * centre.y),
  };
}

/** The map that undoes `map`; throws where there is none (all points in one place). */
export function inverse(map: Affine): Affine {
  const det = map.a * map.e - map.b * map.d;
  assert(Math.abs(det) > 1e-12, 'the map can be undone');
  const a = map.e / det;
  const b = -map.b / det;
  const d = -map.d / det;
  const e = map.a / det;
  return { a, b, c: -(a * map.c + b * map.f), d, e, f: -(d * map.c + e * map.f) };
}

export const apply = (map: Affine, point: Point): Point => ({
  x: map.a * point.x + map.b * point.y + map.c,
  y: map.d * point.x + map.e * point.y + map.f,
});

export interface AlignedPixels {
  readonly pixels: Pixels;
  /** Aligned pixels for one pixel of the photo: above 1 the face was enlarged. */
  readonly enlargement: number;
}

/** Warps a face onto the template by its four points (right eye, left eye, nose, mouth) in picture coordinates. */
export function alignFace(picture: ImagePyramid, points: readonly Point[]): AlignedPixels {
  const half = TEMPLATE.map((point) => ({ x: point.x + 0.5, y: point.y + 0.5 }));
  const toTemplate = similarity(points, half);
  return {
    pixels: warp(picture, inverse(toTemplate)),
    enlargement: Math.hypot(toTemplate.a, toTemplate.d) / picture.reduction,
  };
}

/** The largest square in the middle of the picture, scaled to the size of an aligned face. */
export function middleSquare(picture: ImagePyramid): AlignedPixels {
  const { width, height } = base(picture);
  const side = Math.min(width, height);
  const step = side / FACE_SIZE;
  const map = { a: step, b: 0, c: (width - side) / 2, d: 0, e: step, f: (height - side) / 2 };
  return { pixels: warp(picture, map), enlargement: 1 / (step * picture.reduction) };
}

function warp(picture: ImagePyramid, toPicture: Affine): Pixels {
  const values = sample(picture, toPicture, FACE_SIZE, { kind: 'colour', value: 0 });
  const data = new Uint8ClampedArray(FACE_SIZE * FACE_SIZE * 4);
  for (let i = 0; i < FACE_SIZE * FACE_SIZE; i++) {
    data[i * 4] = values[i * 3] ?? 0;
    data[i * 4 + 1] = values[i * 3 + 1] ?? 0;
    data[i * 4 + 2] = values[i * 3 + 2] ?? 0;
    data[i * 4 + 3] = 255;
  }
  return { width: FACE_SIZE, height: FACE_SIZE, data };
}
