import type { Channels, PixelRangeName } from '../../lib/pixel-range.ts';

/** What a model that a person gave is, and what the person has to be asked about it. */
export interface CustomModelFindings {
  /** Edge of the pictures that it takes, in pixels; null: any. */
  readonly inputSize: number | null;
  /** 1: grey. */
  readonly channels: Channels;
  /** Without its classification layer, where it has one. */
  readonly embeddingSize: number;
  /** Numbers in all weights. */
  readonly parameters: number;
  /** Each behind all that it depends on, without the classification layer. */
  readonly layers: readonly {
    readonly name: string;
    readonly kind: string;
    /** Of its output for one picture; null: free. */
    readonly shape: readonly (number | null)[];
    /** Whether everything behind it depends on its output only, so that all up to here can be frozen. */
    readonly cut: boolean;
  }[];
  /** The layers at the end that turn an embedding into probabilities; null where there are none. */
  readonly classifier: { readonly layers: readonly string[]; readonly classes: number | null } | null;
  readonly guess: {
    readonly inputSize: number;
    readonly inputSizeWhy: string;
    readonly range: PixelRangeName;
    readonly rangeWhy: string;
  };
}
