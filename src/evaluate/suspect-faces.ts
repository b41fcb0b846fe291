import { throwIfAborted } from '../lib/problem.ts';
import { yieldToEventLoop } from '../lib/yield-to-event-loop.ts';
import type { Rows } from '../model/embed.ts';
import { meanCentres } from '../model/heads/centres.ts';

/** With fewer photos of a person nobody can say which of them is wrong. */
const FEWEST_PHOTOS = 4;
/** Faces that are looked at between two looks at whether the work was cancelled: milliseconds with 500 people. */
const AT_ONCE = 64;
/** A face that is nearer to its own person than this is never suspected. Measured: docs/performance.md. */
const HIGHEST_COSINE = 0.35;
/** From this cosine to the mean of another person on, a face is said to look like that person. */
const LIKE = 0.55;

/** A face that looks like somebody else than its person. Numbers are indices into the faces and people that were given. */
export interface Suspect {
  readonly face: number;
  /** Who it looks like instead; null where it is like nobody. */
  readonly looksLike: number | null;
}

/**
 * Faces that are nearer to another person than to their own: cos(e, mean of the person's other faces) is below
 * cos(e, mean of some other person) and below a limit. Said only of people with at least 4 photos, and compared with people who
 * have at least 2.
 *
 * @param embeddings [N, D], rows of length 1
 * @param facePeople for each face the index of its person
 * @returns the least fitting first
 * @throws CancelledError when the signal is given
 */
export async function suspectFaces(
  { values, dimension }: Rows,
  facePeople: readonly number[],
  people: number,
  signal: AbortSignal,
): Promise<Suspect[]> {
  const photos = new Array<number>(people).fill(0);
  const sums = new Float64Array(people * dimension);
  facePeople.forEach((person, face) => {
    photos[person] = (photos[person] ?? 0) + 1;
    for (let d = 0; d < dimension; d++) {
      const at = person * dimension + d;
      sums[at] = (sums[at] ?? 0) + (values[face * dimension + d] ?? 0);
    }
  });
  const means = meanCentres(values, dimension, facePeople, people);
  const found: { suspect: Suspect; cosine: number }[] = [];
  for (const [face, person] of facePeople.entries()) {
    if (face % AT_ONCE === 0) {
      await yieldToEventLoop();
      throwIfAborted(signal);
    }
    if ((photos[person] ?? 0) < FEWEST_PHOTOS) continue;
    const row = values.subarray(face * dimension, (face + 1) * dimension);
    const own = cosineToOthers(row, sums.subarray(person * dimension, (person + 1) * dimension));
    if (own >= HIGHEST_COSINE) continue;
    let [nearest, highest] = [-1, Number.NEGATIVE_INFINITY];
    for (let other = 0; other < people; other++) {
      if (other === person || (photos[other] ?? 0) < 2) continue;
      const cosine = dot(row, means.subarray(other * dimension, (other + 1) * dimension));
      if (cosine > highest) [nearest, highest] = [other, cosine];
    }
    if (highest <= own) continue;
    found.push({ suspect: { face, looksLike: highest >= LIKE ? nearest : null }, cosine: own });
  }
  return found.sort((a, b) => a.cosine - b.cosine).map(({ suspect }) => suspect);
}

/** Cosine of a face to the mean of its person's other faces, whose sum with it is given. */
function cosineToOthers(row: Float32Array, sum: Float64Array): number {
  let [product, length] = [0, 0];
  row.forEach((value, d) => {
    const others = (sum[d] ?? 0) - value;
    product += value * others;
    length += others * others;
  });
  return length > 0 ? product / Math.sqrt(length) : 0;
}

function dot(a: Float32Array, b: Float32Array): number {
  let sum = 0;
  for (let d = 0; d < a.length; d++) sum += (a[d] ?? 0) * (b[d] ?? 0);
  return sum;
}
