import type { MarginConfig } from '../../src/config/training-config.ts';

export const EDGE = 28;
export const PIXELS = EDGE * EDGE;
export const CLASSES = 10;

const warmupFraction = 0.3;

/** The four that are compared. On a sphere ten classes can lie 60 degrees apart at most, so margins are moderate. */
export const MARGINS: readonly { readonly title: string; readonly margin: MarginConfig }[] = [
  { title: 'Softmax', margin: { kind: 'softmax' } },
  { title: 'ArcFace', margin: { kind: 'arcface', m: 0.3, easy: false, gradient: 'exact', warmupFraction } },
  { title: 'CosFace', margin: { kind: 'cosface', m3: 0.25, warmupFraction } },
  { title: 'SphereFace', margin: { kind: 'sphereface', m1: 1.5, warmupFraction } },
];

/** What the four share. */
export const RECIPE = {
  epochs: 7,
  batchSize: 64,
  scale: 16,
  learningRate: 2e-3,
  weightDecay: 1e-2,
  dropout: 0.2,
  weightAveraging: 0.99,
  /** Digits are moved by up to so many pixels, either way, anew each time. */
  shift: 2,
  seed: 3,
} as const;

/** What goes to the worker. */
export interface Order {
  readonly margin: MarginConfig;
  readonly train: { readonly pixels: Uint8Array; readonly labels: readonly number[] };
  readonly test: { readonly pixels: Uint8Array; readonly labels: readonly number[] };
}

/** And what comes back. */
export interface Result {
  /** Share of test digits nearest to their own centre (for softmax: with the largest logit). */
  readonly accuracy: number;
  /** [N, 3] of the test digits, not normalised. */
  readonly embeddings: readonly number[];
  readonly lastLoss: number;
  readonly seconds: number;
}
