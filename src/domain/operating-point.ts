/** How a threshold is chosen; `impostorPairs` is what that takes. */
export const operatingPoints = {
  'equal-error-rate': {
    label: 'Equal error rate',
    about: 'as many false accepts as false rejects',
    impostorPairs: 0,
  },
  'best-accuracy': {
    label: 'Best accuracy',
    about: 'the largest mean of true accept rate and true reject rate',
    impostorPairs: 0,
  },
  'far-1e-2': {
    label: 'FAR 1 %',
    about: 'at most 1 of 100 impostor pairs is accepted',
    impostorPairs: 1_000,
  },
  'far-1e-3': {
    label: 'FAR 0.1 %',
    about: 'at most 1 of 1,000 impostor pairs is accepted',
    impostorPairs: 10_000,
  },
} as const satisfies Record<string, { label: string; about: string; impostorPairs: number }>;

export type OperatingPointName = keyof typeof operatingPoints;

/** In the order in which they are offered. */
export const OPERATING_POINTS = [
  'equal-error-rate',
  'best-accuracy',
  'far-1e-2',
  'far-1e-3',
] as const satisfies readonly OperatingPointName[];

/** Takes the fewest pairs to measure, and neglects neither error (docs/decisions/011-evaluation-budget.md). */
export const DEFAULT_OPERATING_POINT: OperatingPointName = 'equal-error-rate';

/** A threshold with its error rates. Two photos count as the same person when their cosine is at least the threshold. */
export interface OperatingPoint {
  readonly name: OperatingPointName;
  /** Chosen on all pairs. */
  readonly threshold: number;
  /** False accept rate by cross-validation: each fold decided with the threshold chosen on the others. */
  readonly far: number;
  /** False reject rate, in the same way. */
  readonly frr: number;
}

/** Why there is no such operating point, as a sentence. */
export function tooFewPairs(name: OperatingPointName, impostorPairs: number): string {
  const { label, impostorPairs: needed } = operatingPoints[name];
  const [there, least] = [impostorPairs, needed].map((count) => count.toLocaleString('en'));
  return `The threshold at ${label} cannot be measured: there are ${there} impostor pairs, and it takes at least ${least}.`;
}
