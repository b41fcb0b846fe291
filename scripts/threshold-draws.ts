/**
 * How good thresholds for naming people are that come from a few held-out people (docs/performance.md, "Recognition").
 *
 *   npm run headless -- embed --model MODEL --data PHOTOS --out embeddings.json
 *   npx tsx scripts/threshold-draws.ts embeddings.json
 *
 * In each of a hundred draws some people of PHOTOS are in a gallery, by the first half of their photos, some of them as if
 * held out of training, and some others are unknown. Class centres are means of embeddings, as of a network that training left as it was.
 */
import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { verify } from '../src/evaluate/verification.ts';
import { createRandom } from '../src/lib/random.ts';
import { meanDirection } from '../src/lib/vectors.ts';
import { Gallery } from '../src/recognise/gallery.ts';
import { identificationThreshold, type MeasuredModel } from '../src/recognise/threshold.ts';
import { type HeldOutFaces, impostorScores } from '../src/train/run/held-out-people.ts';

const DRAWS = 100;
const VALIDATION = 0.2;
const SIZES = [
  { known: 44, heldOut: 9, unknown: 11 },
  { known: 20, heldOut: 4, unknown: 30 },
  { known: 10, heldOut: 3, unknown: 30 },
];

const photosSchema = z.array(z.object({ path: z.string(), embedding: z.array(z.number()).nullable() }));
const photos = photosSchema
  .parse(JSON.parse(readFileSync(process.argv[2] ?? '', 'utf8')))
  .flatMap(({ path, embedding }) =>
    embedding ? [{ person: path.split('/').at(-2) ?? '', embedding: Float32Array.from(embedding) }] : [],
  );
const byPerson = new Map<string, Float32Array[]>();
for (const { person, embedding } of photos)
  byPerson.set(person, [...(byPerson.get(person) ?? []), embedding]);
const of = (person: string): Float32Array[] => byPerson.get(person) ?? [];
const firstHalf = (person: string): Float32Array[] => of(person).slice(0, Math.ceil(of(person).length / 2));
const secondHalf = (person: string): Float32Array[] => of(person).slice(Math.ceil(of(person).length / 2));

interface Outcome {
  readonly threshold: number;
  readonly right: number;
  readonly unknown: number;
}

type Rule = 'pairs' | 'centres';

function draw(seed: number, size: (typeof SIZES)[number]): Readonly<Record<Rule, Outcome>> {
  const random = createRandom(seed);
  const people = random.shuffled([...byPerson.keys()]);
  const known = people.slice(0, size.known);
  const heldOut = known.slice(0, size.heldOut);
  const unknown = people.slice(size.known, size.known + size.unknown).flatMap(of);

  const centres = known.slice(size.heldOut).map((person) => {
    const faces = random.shuffled(firstHalf(person));
    return { name: person, centre: meanDirection(faces.slice(Math.round(faces.length * VALIDATION))) };
  });
  const templates = heldOut.map((person) => ({ name: person, centre: meanDirection(firstHalf(person)) }));
  const dimension = centres[0]?.centre.length ?? 0;
  const gallery = new Gallery(dimension);
  for (const { name, centre } of [...centres, ...templates]) gallery.add(name, { centre, faces: [] });

  const rows = heldOut.flatMap((person, index) => firstHalf(person).map((face) => ({ face, index })));
  const faces: HeldOutFaces = {
    values: Float32Array.from(rows.flatMap(({ face }) => [...face])),
    dimension,
    people: rows.map(({ index }) => index),
  };
  const verification = verify({ embeddings: faces.values, ...faces, person: faces.people, folds: null });
  const { threshold: cosine, far, frr, genuinePairs, impostorPairs } = verification;
  const measured: MeasuredModel = {
    chosen: {
      ...{ cosine, falseAcceptRate: far, falseRejectRate: frr, genuinePairs, impostorPairs },
      angleDegrees: (Math.acos(cosine) * 180) / Math.PI,
      measuredOn: 'people held out of training',
    },
    verification,
    impostors: impostorScores(faces, Float32Array.from(centres.flatMap(({ centre }) => [...centre]))),
    people: size.known,
  };
  const outcome = (threshold: number): Outcome => {
    const probes = known.flatMap((person) => secondHalf(person).map((face) => ({ person, face })));
    const right = probes.filter(({ person, face }) => {
      const decision = gallery.decide(face, threshold);
      return decision.known && decision.best?.name === person;
    });
    const refused = unknown.filter((face) => !gallery.decide(face, threshold).known);
    return { threshold, right: right.length / probes.length, unknown: refused.length / unknown.length };
  };
  return {
    pairs: outcome(identificationThreshold({ ...measured, impostors: null }).cosine),
    centres: outcome(identificationThreshold(measured).cosine),
  };
}

const mean = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0) / values.length;
const percent = (share: number): string => `${(share * 100).toFixed(1)} %`;

console.log(
  '| people, held out; unknown | rule | threshold: mean (lowest to highest) | named right: mean, lowest | unknown: mean, lowest | both |\n|---|---|---|---|---|---|',
);
for (const size of SIZES) {
  const draws = Array.from({ length: DRAWS }, (_, seed) => draw(seed, size));
  for (const rule of ['pairs', 'centres'] as const) {
    const all = draws.map((one) => one[rule]);
    const thresholds = all.map(({ threshold }) => threshold);
    const right = all.map((one) => one.right);
    const unknown = all.map((one) => one.unknown);
    const both = all.filter((one) => one.right >= 0.98 && one.unknown >= 0.95).length;
    console.log(
      `| ${size.known}, ${size.heldOut}; ${size.unknown} | ${rule} | ${mean(thresholds).toFixed(3)} (${Math.min(...thresholds).toFixed(3)} to ${Math.max(...thresholds).toFixed(3)}) | ${percent(mean(right))}, ${percent(Math.min(...right))} | ${percent(mean(unknown))}, ${percent(Math.min(...unknown))} | ${both} |`,
    );
  }
}
