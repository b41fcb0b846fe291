import { z } from 'zod';

/** How the bytes of a picture become the numbers that a network takes. */
export const pixelRangeName = z.enum(['bytes', 'unit', 'symmetric-127.5', 'symmetric-128', 'imagenet']);
export type PixelRangeName = z.infer<typeof pixelRangeName>;

type Channels = readonly [red: number, green: number, blue: number];

/** input = (byte - mean) / divisor, for red, green and blue. */
export interface PixelRange {
  readonly mean: Channels;
  readonly divisor: Channels;
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
