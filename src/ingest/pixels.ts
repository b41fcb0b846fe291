/** A plane of pixels: RGBA, 8 bits, rows from the top, opaque. */
export interface Pixels {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8ClampedArray;
}

/** How points outside the picture are seen: grey of a value, or the nearest edge pixel drawn out. */
export type Outside = { readonly kind: 'colour'; readonly value: number } | { readonly kind: 'edge' };
