import type { AugmentConfig, MarginConfig } from '../../src/config/training-config.ts';
import { unreachable } from '../../src/lib/unreachable.ts';

export const EDGE = 28;
export const PIXELS = EDGE * EDGE;
export const CLASSES = 10;

/** One of the losses that are compared: its margin, and the factor of its cosines (softmax takes none). */
export interface Loss {
  readonly title: string;
  readonly margin: Extract<MarginConfig, { kind: 'softmax' | 'arcface' | 'cosface' | 'sphereface' }>;
  readonly scale: number;
}

/** The margin and scale of a loss in a few letters. */
export function settingsOf({ margin, scale }: Loss): string {
  switch (margin.kind) {
    case 'softmax':
      return 'no margin';
    case 'arcface':
      return `m ${margin.m}, s ${scale}`;
    case 'cosface':
      return `m3 ${margin.m3}, s ${scale}`;
    case 'sphereface':
      return `m1 ${margin.m1}, s ${scale}`;
    default:
      return unreachable(margin);
  }
}

const warmupFraction = 0.3;

export const LOSSES: readonly Loss[] = [
  { title: 'Softmax', margin: { kind: 'softmax' }, scale: 1 },
  {
    title: 'ArcFace',
    margin: { kind: 'arcface', m: 1, easy: false, pastPi: 'continued', gradient: 'exact', warmupFraction },
    scale: 16,
  },
  { title: 'CosFace', margin: { kind: 'cosface', m3: 0.4, warmupFraction }, scale: 16 },
  {
    title: 'SphereFace',
    margin: { kind: 'sphereface', m1: 2, gradient: 'exact', warmupFraction },
    scale: 16,
  },
];

/** What the four share. */
export const RECIPE = {
  epochs: 16,
  /** Of each digit in a batch. As many of each, or the norm behind the embedding would move all of them about. */
  photos: 3,
  learningRate: 1e-2,
  weightDecay: 2e-2,
  headRateFactor: 5,
  dropout: 0,
  weightAveraging: 0.99,
  /** Digits are turned, moved and zoomed a little, anew each time; never mirrored. */
  augment: {
    mirror: false,
    rotationDegrees: 12,
    shift: 0.08,
    zoom: 0.12,
    colour: 0,
    blur: 0,
    erase: 0,
    lowResolution: 0,
  } satisfies AugmentConfig,
};

/** What goes to the worker. */
export interface Order {
  readonly loss: Loss;
  readonly recipe: typeof RECIPE;
  readonly seed: number;
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
