import { createRandom, type Random } from '../../src/lib/random.ts';
import type { Vector } from './angles.ts';

type Turn = (v: Vector) => Vector;
/** Ways to look at a sphere that are tried. */
const TURNS = 400;

/**
 * How a sphere is turned for the picture (which way is up means nothing on it): of some random ways the one in which
 * the names of the classes stand furthest apart. x goes to the right, y up, z towards the eye.
 */
export function legibleTurn(centres: readonly Vector[]): Turn {
  const random = createRandom(1);
  const room = (turn: Turn): number => {
    const places = centres.map(turn);
    return Math.min(
      ...places.flatMap((a, i) => places.slice(0, i).map((b) => Math.hypot(a[0] - b[0], a[1] - b[1]))),
    );
  };
  return Array.from({ length: TURNS }, () => randomTurn(random))
    .map((turn) => ({ turn, room: room(turn) }))
    .reduce((best, next) => (next.room > best.room ? next : best)).turn;
}

/** By a random quaternion (four normal numbers have no preferred direction). */
function randomTurn(random: Random): Turn {
  const drawn = [random.normal(), random.normal(), random.normal(), random.normal()] as const;
  const length = Math.hypot(...drawn);
  const [w, x, y, z] = drawn.map((value) => value / length) as [number, number, number, number];
  return ([a, b, c]) => [
    (1 - 2 * (y * y + z * z)) * a + 2 * (x * y - w * z) * b + 2 * (x * z + w * y) * c,
    2 * (x * y + w * z) * a + (1 - 2 * (x * x + z * z)) * b + 2 * (y * z - w * x) * c,
    2 * (x * z - w * y) * a + 2 * (y * z + w * x) * b + (1 - 2 * (x * x + y * y)) * c,
  ];
}
