/** A point in space. */
export type Vector = readonly [number, number, number];

export interface Spread {
  /** Directions of length 1, one for each embedding. */
  readonly points: readonly Vector[];
  /** Mean direction of each class. */
  readonly centres: readonly Vector[];
  /** Mean angle between an embedding and the mean direction of its class, in degrees. */
  readonly within: number;
  /** Mean angle between the mean directions of two classes, in degrees. */
  readonly between: number;
  /** Smallest of those. */
  readonly nearest: number;
}

const dot = (a: Vector, b: Vector): number => a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
const unit = (a: Vector): Vector => {
  const length = Math.hypot(...a) || 1;
  return [a[0] / length, a[1] / length, a[2] / length];
};
const degreesBetween = (a: Vector, b: Vector): number =>
  (Math.acos(Math.min(1, Math.max(-1, dot(a, b)))) * 180) / Math.PI;
const mean = (values: readonly number[]): number => values.reduce((sum, v) => sum + v, 0) / values.length;

/** @param embeddings [N, 3], of any length */
export function spreadOf(embeddings: readonly number[], labels: readonly number[], classes: number): Spread {
  const points = labels.map((_, i): Vector => {
    const [x = 0, y = 0, z = 0] = embeddings.slice(i * 3, i * 3 + 3);
    return unit([x, y, z]);
  });
  const centres = Array.from({ length: classes }, (_, k): Vector => {
    const own = points.filter((_point, i) => labels[i] === k);
    const along = (axis: 0 | 1 | 2): number => own.reduce((sum, point) => sum + point[axis], 0);
    return unit([along(0), along(1), along(2)]);
  });
  const within = points.map((point, i) => degreesBetween(point, centres[labels[i] ?? 0] ?? point));
  const pairs = centres.flatMap((a, i) => centres.slice(0, i).map((b) => degreesBetween(a, b)));
  return { points, centres, within: mean(within), between: mean(pairs), nearest: Math.min(...pairs) };
}
