/**
 * How the weights of a network are stored in a file: 32-bit floats, 16-bit floats (IEEE 754 binary16), or 8-bit whole
 * numbers with a scale for each output channel.
 */
export const WEIGHT_PRECISIONS = ['float32', 'float16', 'int8'] as const;
export type WeightPrecision = (typeof WEIGHT_PRECISIONS)[number];

/** What a reduced precision costs: the same pairs of people whom the network never saw, with both networks. */
export interface PrecisionCost {
  readonly faces: number;
  readonly genuinePairs: number;
  readonly impostorPairs: number;
  /** Verification accuracy. */
  readonly accuracy: { readonly float32: number; readonly stored: number };
  /** True accept rate at a false accept rate of 1 %; null with too few pairs. */
  readonly tar: { readonly float32: number | null; readonly stored: number | null };
  /** Smallest cosine between the two embeddings of a face. */
  readonly leastCosine: number;
}
