import { z } from 'zod';

/** How the bytes of a picture become the numbers that a network takes. */
export const pixelRangeName = z.enum(['bytes', 'unit', 'symmetric-127.5', 'symmetric-128', 'imagenet']);
export type PixelRangeName = z.infer<typeof pixelRangeName>;

type Rgb = readonly [red: number, green: number, blue: number];

/** Of a network's input: luminance, or red, green and blue. */
export type Channels = 1 | 3;

/** input = (byte - mean) / divisor, for red, green and blue. */
export interface PixelRange {
  readonly mean: Rgb;
  readonly divisor: Rgb;
}

const same = (mean: number, divisor: number): PixelRange => ({
  mean: [mean, mean, mean],
  divisor: [divisor, divisor, divisor],
});

/** Mean and standard deviation of ImageNet's pictures, in bytes (torchvision's 0.485, 0.456, 0.406 and 0.229, ...). */
const IMAGENET: PixelRange = { mean: [123.675, 116.28, 103.53], divisor: [58.395, 57.12, 57.375] };

export const PIXEL_RANGES: Readonly<Record<PixelRangeName, PixelRange>> = {
  bytes: same(0, 1),
  unit: same(0, 255),
  'symmetric-127.5': same(127.5, 127.5),
  'symmetric-128': same(127.5, 128),
  imagenet: IMAGENET,
};

/** What the networks of this program take: about -1...1. */
export const STANDARD_RANGE = PIXEL_RANGES['symmetric-128'];

/** Weights of red, green and blue in luminance, as ITU-R BT.601 has them, and most programs that make pictures grey. */
export const LUMINANCE: Rgb = [0.299, 0.587, 0.114];

/** The range of a network that takes luminance: where the channels differ, their mean by the same weights. */
export function luminanceRange({ mean, divisor }: PixelRange): PixelRange {
  const one = ([red, green, blue]: Rgb): number => {
    if (red === green && green === blue) return red;
    return Number((LUMINANCE[0] * red + LUMINANCE[1] * green + LUMINANCE[2] * blue).toFixed(3));
  };
  return same(one(mean), one(divisor));
}

/**
 * Pictures as the input of a network: (byte - mean) / divisor of each channel, or of the luminance of each pixel, which is
 * not rounded.
 *
 * @param rgb bytes of red, green and blue in turn, also fractions of bytes
 * @param into as many numbers, or a third of them for one channel; `rgb` itself for three channels
 */
export function scalePixels(
  rgb: ArrayLike<number>,
  into: Float32Array,
  range: PixelRange,
  channels: Channels,
): void {
  if (channels === 1) {
    const { mean, divisor } = luminanceRange(range);
    const [red, green, blue] = LUMINANCE;
    for (let i = 0, at = 0; at < into.length; at++, i += 3) {
      const grey = red * (rgb[i] ?? 0) + green * (rgb[i + 1] ?? 0) + blue * (rgb[i + 2] ?? 0);
      into[at] = (grey - mean[0]) / divisor[0];
    }
    return;
  }
  for (let channel = 0; channel < 3; channel++) {
    const [m, d] = [range.mean[channel] ?? 0, range.divisor[channel] ?? 1];
    for (let i = channel; i < into.length; i += 3) into[i] = ((rgb[i] ?? 0) - m) / d;
  }
}
