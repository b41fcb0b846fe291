import * as tf from '@tensorflow/tfjs-core';
import { radians } from '../../src/lib/brand.ts';
import { createRandom } from '../../src/lib/random.ts';
import { adaFace } from '../../src/model/margins/adaface/loss.ts';
import { arcFace, easy, type PastPi, straightThrough } from '../../src/model/margins/arcface/loss.ts';
import { combined } from '../../src/model/margins/combined/loss.ts';
import { cosFace } from '../../src/model/margins/cosface/loss.ts';
import { curricularFace } from '../../src/model/margins/curricularface/loss.ts';
import { magFace } from '../../src/model/margins/magface/loss.ts';
import { noMargin } from '../../src/model/margins/none/loss.ts';
import { applyMargin } from '../../src/model/margins/shared/apply-margin.ts';
import { elasticArc, elasticCos, elasticFace } from '../../src/model/margins/shared/elasticface.ts';
import { nearestSubCentre } from '../../src/model/margins/shared/sub-centres.ts';
import { sphereFace } from '../../src/model/margins/sphereface/loss.ts';
import { type SphereFace2Settings, sphereFace2 } from '../../src/model/margins/sphereface2/loss.ts';

/**
 * Every margin over whole rows of cosines, beside its definition in 64 bits, in angles. The own class of row b is
 * labels[b]; what the margin depends on besides cosines is fixed for each row.
 */
export interface MarginCase {
  readonly name: string;
  /** [B, K] -> [B, K'], or a scalar. */
  apply(cosines: tf.Tensor2D, labels: tf.Tensor1D): tf.Tensor;
  /** One row; for a scalar its summand. */
  reference(row: readonly number[], label: number, index: number): readonly number[];
  /** Where the definition has a corner: |value| of what the row is near to. */
  readonly corner?: (row: readonly number[], label: number, index: number) => boolean;
  /** The slope of the own entry is 1 by intent, whatever the value does. */
  readonly straight?: boolean;
  /** Beside a value without the exact gradient: the function whose gradient it has instead. */
  readonly slopes?: (row: readonly number[], label: number, index: number) => readonly number[];
}

export const CLASSES = 6;
/** Own angles from 0 to pi, both ends among them. */
export const ANGLES = Array.from({ length: 61 }, (_, i) => (i * Math.PI) / 60);
export const LABELS = ANGLES.map((_, i) => i % CLASSES);
/** What a row depends on besides: a quality from -1 to 1, or a length. */
const along = (i: number): number => ((i * 7) % 21) / 10 - 1;
const lengthOf = (i: number): number => 8 + ((i * 13) % 61) * 2;

const theta = (c: number): number => Math.acos(Math.min(1, Math.max(-1, c)));
/** cos(theta + m), and past pi what each choice says. */
const arc = (c: number, m: number, pastPi: PastPi = 'continued'): number => {
  if (pastPi === 'cosine' || theta(c) + m <= Math.PI) return Math.cos(theta(c) + m);
  return pastPi === 'dropped' ? c - m * Math.sin(m) : c + Math.cos(m) - 1;
};
const near = (a: number, b: number): boolean => Math.abs(a - b) < 0.02;
const replaced = (row: readonly number[], label: number, own: number): number[] =>
  row.map((c, k) => (k === label ? own : c));

const own = (
  name: string,
  margin: Parameters<typeof applyMargin>[0],
  definition: (c: number) => number,
  corner?: (angle: number) => boolean,
): MarginCase => ({
  name,
  apply: (c, labels) => applyMargin(margin, c, labels),
  reference: (row, label) => replaced(row, label, definition(row[label] ?? 0)),
  ...(corner && { corner: (row, label) => corner(theta(row[label] ?? 0)) }),
});

const T = 0.3;
const QUALITIES = ANGLES.map((_, i) => along(i));
const LENGTHS = ANGLES.map((_, i) => lengthOf(i));
const MAG = {
  ...{ lowerMargin: 0.2, upperMargin: 0.8, lowerLength: 10, upperLength: 110, lengthWeight: 3 },
  ...{ easy: false, pastPi: 'continued' as PastPi },
};
const magMargin = (a: number): number => 0.2 + (0.6 * (Math.min(110, Math.max(10, a)) - 10)) / 100;
const BINARY = {
  ...{ margin: 0.4, positiveShare: 0.7, power: 3, lossWeight: 1 },
  gradient: 'exact' as SphereFace2Settings['gradient'],
};
/** The draws of a row's margin, as the program makes them. */
const drawn = (mean: number, deviation: number): number[] => {
  const random = createRandom(5);
  return ANGLES.map(() => Math.max(0, mean + deviation * random.normal()));
};
const column = (values: readonly number[]): tf.Tensor2D => tf.tensor2d([...values], [values.length, 1]);

const ada = (c: number, q: number, m: number): number => {
  const moved = theta(c) - m * q;
  const inside = moved > Math.PI ? c + Math.cos(m * q) - 1 : Math.cos(Math.max(0, moved));
  return inside - (m * q + m);
};

/** SphereFace2's summand of a row, at scale 12 and bias 0.7, of similarities in place of cosines. */
const binaryLoss =
  (
    { margin, positiveShare, lossWeight }: SphereFace2Settings,
    similarity: (c: number, k: number) => number,
  ) =>
  (row: readonly number[], label: number): readonly number[] => {
    const losses = row.map((c, k) =>
      k === label
        ? positiveShare * Math.log1p(Math.exp(-12 * (similarity(c, k) - margin) - 0.7))
        : (1 - positiveShare) * Math.log1p(Math.exp(12 * (similarity(c, k) + margin) + 0.7)),
    );
    return [(lossWeight * losses.reduce((sum, loss) => sum + loss, 0)) / 12 / ANGLES.length];
  };

function binary(name: string, settings: SphereFace2Settings): MarginCase {
  const g = (c: number): number => 2 * ((c + 1) / 2) ** settings.power - 1;
  const rows = rowsOfCosines();
  return {
    name,
    apply: (c, labels) => sphereFace2(settings, c, labels, 12, tf.scalar(0.7)),
    reference: binaryLoss(settings, g),
    ...(settings.gradient === 'straight-through' && {
      // The similarity moves by as much as the cosine.
      slopes: (row, label, i) => {
        const at = (k: number): number => rows[i]?.[k] ?? Number.NaN;
        return binaryLoss(settings, (c, k) => g(at(k)) + c - at(k))(row, label);
      },
    }),
  };
}

export const cases: readonly MarginCase[] = [
  own('none', noMargin, (c) => c),
  own(
    'ArcFace',
    arcFace(radians(0.5)),
    (c) => arc(c, 0.5),
    (a) => near(a, Math.PI - 0.5),
  ),
  own(
    'ArcFace, easy',
    easy(arcFace(radians(0.5))),
    (c) => (c > 0 ? arc(c, 0.5) : c),
    (a) => near(a, Math.PI / 2),
  ),
  ...(['dropped', 'cosine'] as const).map((pastPi) =>
    own(
      `ArcFace, ${pastPi} past pi`,
      arcFace(radians(0.5), pastPi),
      (c) => arc(c, 0.5, pastPi),
      // The cosine itself has no corner.
      (a) => pastPi === 'dropped' && near(a, Math.PI - 0.5),
    ),
  ),
  {
    ...own('ArcFace, straight through', straightThrough(arcFace(radians(0.5))), (c) => arc(c, 0.5)),
    straight: true,
  },
  own('CosFace', cosFace(0.35), (c) => c - 0.35),
  own(
    'SphereFace',
    sphereFace(1.35),
    (c) => {
      const k = Math.min(1, Math.floor((1.35 * theta(c)) / Math.PI));
      return (-1) ** k * Math.cos(1.35 * theta(c)) - 2 * k;
    },
    (a) => near(a, Math.PI / 1.35),
  ),
  {
    ...own('SphereFace, straight through', straightThrough(sphereFace(1.35)), (c) => {
      const k = Math.min(1, Math.floor((1.35 * theta(c)) / Math.PI));
      return (-1) ** k * Math.cos(1.35 * theta(c)) - 2 * k;
    }),
    straight: true,
  },
  own(
    'combined',
    combined({ m1: 1.2, m2: radians(0.3), m3: 0.1 }),
    (c) => {
      const turn = Math.cos((Math.PI - 0.3) / 1.2);
      return 1.2 * theta(c) + 0.3 <= Math.PI ? Math.cos(1.2 * theta(c) + 0.3) - 0.1 : c - turn - 1.1;
    },
    (a) => near(a, (Math.PI - 0.3) / 1.2),
  ),
  {
    name: 'sub-center',
    // Two centres a class: entries 0 and 1 are of class 0, and so on.
    apply: (c, labels) =>
      applyMargin(
        arcFace(radians(0.5)),
        nearestSubCentre(c, 2),
        tf.cast(tf.floor(tf.div(labels, 2)), 'int32') as tf.Tensor1D,
      ),
    reference: (row, label) => {
      const pooled = [0, 1, 2].map((k) => Math.max(row[2 * k] ?? 0, row[2 * k + 1] ?? 0));
      const mine = Math.floor(label / 2);
      return replaced(pooled, mine, arc(pooled[mine] ?? 0, 0.5));
    },
    corner: (row, label) => {
      const mine = Math.floor(label / 2);
      const best = Math.max(row[2 * mine] ?? 0, row[2 * mine + 1] ?? 0);
      const pairs = [0, 1, 2].some((k) => near(row[2 * k] ?? 0, row[2 * k + 1] ?? 0));
      return pairs || near(theta(best), Math.PI - 0.5);
    },
  },
  {
    name: 'AdaFace',
    apply: (c, labels) => adaFace(0.4, column(QUALITIES), c, labels),
    reference: (row, label, i) => replaced(row, label, ada(row[label] ?? 0, along(i), 0.4)),
    corner: (row, label, i) => {
      const moved = theta(row[label] ?? 0) - 0.4 * along(i);
      return near(moved, 0) || near(moved, Math.PI);
    },
  },
  {
    name: 'MagFace',
    apply: (c, labels) => magFace(MAG, column(LENGTHS), c, labels).cosines,
    reference: (row, label, i) => replaced(row, label, arc(row[label] ?? 0, magMargin(lengthOf(i)))),
    corner: (row, label, i) => near(theta(row[label] ?? 0), Math.PI - magMargin(lengthOf(i))),
  },
  ...(['easy', 'dropped', 'cosine'] as const).map((form): MarginCase => {
    const [easyMargin, pastPi] = form === 'easy' ? [true, 'continued' as const] : [false, form];
    const margined = (c: number, m: number): number => (easyMargin && c <= 0 ? c : arc(c, m, pastPi));
    return {
      name: `MagFace, ${form}`,
      apply: (c, labels) => magFace({ ...MAG, easy: easyMargin, pastPi }, column(LENGTHS), c, labels).cosines,
      reference: (row, label, i) => replaced(row, label, margined(row[label] ?? 0, magMargin(lengthOf(i)))),
      corner: (row, label, i) =>
        form !== 'cosine' &&
        near(theta(row[label] ?? 0), form === 'easy' ? Math.PI / 2 : Math.PI - magMargin(lengthOf(i))),
    };
  }),
  ...(['continued', 'dropped'] as const).map(
    (pastPi): MarginCase => ({
      name: `CurricularFace, ${pastPi} past pi`,
      apply: (c, labels) => curricularFace(radians(0.5), tf.scalar(T), c, labels, pastPi),
      reference: (row, label) => {
        const margined = arc(row[label] ?? 0, 0.5, pastPi);
        return row.map((c, k) => (k === label ? margined : c > margined ? c * (T + c) : c));
      },
      corner: (row, label) => {
        const margined = arc(row[label] ?? 0, 0.5, pastPi);
        const jumps = row.some((c, k) => k !== label && near(c, margined));
        return jumps || near(theta(row[label] ?? 0), Math.PI - 0.5);
      },
    }),
  ),
  ...(['continued', 'cosine', 'cos'] as const).map((form): MarginCase => {
    const rows = drawn(0.4, 0.05);
    const m = (i: number): number => rows[i] ?? 0;
    return {
      name: form === 'cos' ? 'ElasticFace, cos' : `ElasticFace, arc, ${form} past pi`,
      apply: (c, labels) =>
        elasticFace(
          form === 'cos' ? elasticCos : elasticArc(form),
          { mean: 0.4, deviation: 0.05 },
          createRandom(5),
          c,
          labels,
        ),
      reference: (row, label, i) => {
        const c = row[label] ?? 0;
        return replaced(row, label, form === 'cos' ? c - m(i) : arc(c, m(i), form));
      },
      corner: (row, label, i) => form === 'continued' && near(theta(row[label] ?? 0), Math.PI - m(i)),
    };
  }),
  binary('SphereFace2', BINARY),
  binary('SphereFace2, straight through, weighted', {
    ...BINARY,
    gradient: 'straight-through',
    lossWeight: 50,
  }),
];

/** Rows whose own cosine runs over the grid, the others somewhere between. */
export function rowsOfCosines(): number[][] {
  const random = createRandom(77);
  return ANGLES.map((angle, i) =>
    Array.from({ length: CLASSES }, (_, k) =>
      k === LABELS[i] ? Math.cos(angle) : random.between(-0.95, 0.95),
    ),
  );
}

/** A fixed weight for each entry of what a case gives, so that one gradient tells all slopes apart. */
export const mixture = (size: number): Float32Array =>
  Float32Array.from({ length: size }, (_, i) => 0.5 + ((i * 37) % 50) / 50);

/** Values, and the gradient of their mixture by the cosines. */
export async function computed(one: MarginCase): Promise<{ values: Float32Array; slopes: Float32Array }> {
  const [values, slopes] = tf.tidy(() => {
    const cosines = tf.tensor2d(rowsOfCosines());
    const labels = tf.tensor1d(LABELS, 'int32');
    const made = one.apply(cosines, labels);
    const weights = tf.tensor(mixture(made.size), made.shape);
    const gradient = tf.grad((c) => tf.sum(tf.mul(one.apply(c as tf.Tensor2D, labels), weights)))(cosines);
    return [made, gradient] as const;
  });
  const read = { values: await values.data<'float32'>(), slopes: await slopes.data<'float32'>() };
  tf.dispose([values, slopes]);
  return { values: read.values.slice(), slopes: read.slopes.slice() };
}
