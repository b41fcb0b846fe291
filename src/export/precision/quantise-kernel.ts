/** Largest of the whole numbers; -128 is left out, so that they lie evenly around 0. */
const LARGEST = 127;

export interface QuantisedKernel {
  /** Whole numbers from -127 to 127, in the layout of the kernel. */
  readonly values: Float32Array<ArrayBuffer>;
  /** Of each output channel: weight = scale * whole number. Positive. */
  readonly scales: Float64Array;
}

/**
 * Quantises a kernel per output channel, symmetrically: q = round(w / s) with s = max |w| / 127 over the weights of the
 * channel (Krishnamoorthi, arXiv 1806.08342, section 2.2), so that |w - s q| <= s / 2. A channel of zeros has the scale 1.
 *
 * @param kernel with the output channels last: [..., C]
 * @param channels C
 */
export function quantiseKernel(kernel: Float32Array, channels: number): QuantisedKernel {
  const largest = new Float64Array(channels);
  kernel.forEach((weight, i) => {
    const channel = i % channels;
    largest[channel] = Math.max(largest[channel] ?? 0, Math.abs(weight));
  });
  const scales = largest.map((most) => (most > 0 ? most / LARGEST : 1));
  return { values: kernel.map((weight, i) => Math.round(weight / (scales[i % channels] ?? 1))), scales };
}
