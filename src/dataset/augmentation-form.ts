import { type Augmentation, inverseTurn } from './augment.ts';
import { blurRadius, inPixels } from './degrade.ts';

/** Numbers of an augmentation as a graphics device takes them. */
export const FORM = 18;

/**
 * One augmentation of a picture of that edge as FORM numbers, what is a place or a length in pixels: cosine and sine of the
 * inverse turn divided by the zoom, -1 for a mirror image or 1, shift x and y, brightness, contrast, saturation, edge of the
 * low resolution or 0, deviation and radius of the blur or 0, erased columns and rows (first, end), colour of the erased.
 */
export function augmentationForm(change: Augmentation, edge: number): readonly number[] {
  const { cos, sin } = inverseTurn(change);
  const { small, deviation, rectangle } = change.degradation
    ? inPixels(change.degradation, edge)
    : { small: null, deviation: null, rectangle: null };
  return [
    cos,
    sin,
    change.mirror ? -1 : 1,
    change.shiftX * edge,
    change.shiftY * edge,
    change.brightness,
    change.contrast,
    change.saturation,
    small ?? 0,
    deviation ?? 0,
    deviation === null ? 0 : blurRadius(deviation),
    ...(rectangle ? [...rectangle.x, ...rectangle.y, ...rectangle.colour] : [0, 0, 0, 0, 0, 0, 0]),
  ];
}
