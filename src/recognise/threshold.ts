import type { ImpostorScores, VerificationReport } from '../domain/verification.ts';
import type { Manifest } from '../export/manifest.ts';
import type { PairThresholds, RecogniserModel } from '../protocol/recognise.ts';

type Threshold = RecogniserModel['threshold'];

/** What a model's manifest says of its threshold. */
export interface MeasuredModel {
  /** The threshold for pairs that was chosen at the download. */
  readonly chosen: Manifest['threshold'];
  /** Of people held out of training with those trained on; null where nobody was held out. */
  readonly impostors: ImpostorScores | null;
  /** On the people that it was measured on; null where there were too few. */
  readonly verification: VerificationReport | null;
  /** Whom it knows. */
  readonly people: number;
}

/**
 * Share of the faces of unknown people that may be given a name, were cosines normally distributed: where they are of photos
 * with class centres, and of pairs of photos. Chosen on photographs (docs/performance.md, "Recognition").
 */
const FALSE_NAMES = { centres: 0.01, pairs: 0.005 } as const;
/** A gallery may grow: the threshold is for so many people at least. */
const FEWEST_PEOPLE = 50;
/** Points of the normal distribution nearer to each other than this say nothing of its width. */
const APART = 0.5;
const HIGHEST = 0.95;

/**
 * Of the pretrained network, by the same rule from photographs (docs/performance.md, "Recognition"); also of a model whose
 * verification could not be measured.
 */
export const PRETRAINED_THRESHOLD: Threshold = { cosine: 0.535, operatingPoint: null, rates: null };

/**
 * Of the pretrained network for two photos: on all pairs of 199 photos of 11 people of LFW, as a Quick run on `lfw/train` with seed 1 reports
 * them before training (docs/performance.md, "Recognition"). At the equal error rate.
 */
export const PRETRAINED_PAIRS: PairThresholds = {
  threshold: 0.315,
  points: [
    { name: 'equal-error-rate', threshold: 0.315, far: 0.0144, frr: 0.0144 },
    { name: 'far-1e-2', threshold: 0.3346, far: 0.0093, frr: 0.0155 },
    { name: 'best-accuracy', threshold: 0.3954, far: 0.0019, frr: 0.0194 },
    { name: 'far-1e-3', threshold: 0.4199, far: 0.0011, frr: 0.0222 },
  ],
};

/** The thresholds for two photos of a model; where nothing was measured, the pretrained network's one without its rates. */
export function pairThresholds({
  chosen,
  verification,
}: Pick<MeasuredModel, 'chosen' | 'verification'>): PairThresholds {
  const points = [...(verification?.operatingPoints ?? [])].sort((a, b) => a.threshold - b.threshold);
  return { threshold: chosen?.cosine ?? PRETRAINED_PAIRS.threshold, points };
}

/**
 * The threshold for naming people, from what a model's manifest reports of people whom it was not trained on.
 *
 * A threshold for pairs is too low for it: an unknown face is compared with N people and only the most similar one counts,
 * so that it gets a name with probability 1 - (1 - FAR)^N, about N FAR (Grother et al., NISTIR 8271, "Face Recognition
 * Vendor Test, Part 2: Identification", 2019). With the aim p the FAR must be p / N, which is less than can be counted
 * among the photos of a few held-out people. It is extrapolated: impostors' cosines are taken as normally distributed, and
 * the threshold is m + s z(p / N), z the upper quantile. Mean m and deviation s are those of the photos of people held out with
 * the centres of the people trained on. Where nobody was held out, or the file is older, they are such that the operating
 * points t_i of a verification have their false accept rates, t_i = m + s z_i; with one point only, or several in one place,
 * m = 0, and the largest s counts. That is far less certain, as it hangs on the few most similar pairs.
 *
 * A stricter threshold that the person chose at the download stays.
 */
export function identificationThreshold(measured: MeasuredModel): Threshold {
  const { chosen } = measured;
  const found = fromImpostors(measured) ?? fromVerification(measured);
  if (found === null) return PRETRAINED_THRESHOLD;
  const cosine = Math.min(HIGHEST, found);
  if (chosen === null || cosine > chosen.cosine) return { cosine, operatingPoint: null, rates: null };
  return {
    cosine: chosen.cosine,
    operatingPoint: chosen.operatingPoint ?? null,
    rates: { falseAccept: chosen.falseAcceptRate, falseReject: chosen.falseRejectRate },
  };
}

/** @param p wanted of the faces of unknown people */
const quantileOf = (p: number, people: number): number => upperQuantile(p / Math.max(people, FEWEST_PEOPLE));

const fromImpostors = ({ impostors, people }: MeasuredModel): number | null =>
  impostors && impostors.mean + impostors.deviation * quantileOf(FALSE_NAMES.centres, people);

function fromVerification({ chosen, verification, people }: MeasuredModel): number | null {
  if (chosen === null || verification === null || verification.impostorPairs === 0) return null;
  const points = [...verification.operatingPoints, verification].map(({ threshold, far }) => ({
    cosine: threshold,
    // None of n pairs accepted does not mean that the rate is 0.
    z: upperQuantile(Math.max(far, 1 / verification.impostorPairs)),
  }));
  return extrapolate(points, quantileOf(FALSE_NAMES.pairs, people));
}

interface Point {
  readonly cosine: number;
  readonly z: number;
}

/** The cosine at a quantile: on the line through the two points that lie farthest apart, or through the origin. */
function extrapolate(points: readonly Point[], z: number): number {
  const sorted = [...points].sort((a, b) => a.z - b.z);
  const [low, high] = [sorted[0], sorted.at(-1)];
  if (low && high && high.z - low.z >= APART && high.cosine > low.cosine) {
    return high.cosine + ((high.cosine - low.cosine) / (high.z - low.z)) * (z - high.z);
  }
  const deviations = points.map((point) => point.cosine / Math.max(point.z, APART));
  return Math.max(...deviations) * z;
}

/** z such that a standard normal variable is larger with probability p, 0 < p < 1. By bisection, to 1e-6. */
export function upperQuantile(p: number): number {
  let [low, high] = [-8, 8];
  while (high - low > 1e-6) {
    const middle = (low + high) / 2;
    if (upperTail(middle) > p) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

/** Probability that a standard normal variable is larger than z: Simpson's rule over its density, up to where it vanishes. */
function upperTail(z: number): number {
  const steps = 200;
  const width = 10 / steps;
  // Of a negative z by symmetry, so that the steps lie where the density is.
  if (z < 0) return 1 - upperTail(-z);
  let sum = 0;
  for (let i = 0; i <= steps; i++) {
    const x = z + i * width;
    sum += Math.exp((-x * x) / 2) * (i === 0 || i === steps ? 1 : i % 2 === 1 ? 4 : 2);
  }
  return (sum * width) / 3 / Math.sqrt(2 * Math.PI);
}
