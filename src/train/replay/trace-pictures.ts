import type { Random } from '../../lib/random.ts';

/** Synthetic images that a trace trains on. */
export interface DrawnBatch {
  /** [B, edge, edge, 3], -1 ... 1 as the networks take them, row by row */
  readonly images: Float32Array;
  /** [B] */
  readonly labels: Int32Array;
}

/** Points along an edge between which colours change smoothly. */
const GRID = 5;
/** Shares of the class's pattern, of the image's own pattern, and of noise. */
const MIX = { class: 0.55, other: 0.35, noise: 0.1 } as const;

/**
 * Batches of smooth coloured images, with a pattern for each class so that there is something to learn. Smooth, because
 * noise averages out over the image: the last norms would divide by almost nothing, and 20 steps would not be reproducible
 * in float32.
 */
export function drawBatches(
  { classes, batch, edge, count }: Record<'classes' | 'batch' | 'edge' | 'count', number>,
  random: Random,
): DrawnBatch[] {
  const patterns = new Map<number, Float32Array>();
  const patternOf = (label: number): Float32Array => {
    const known = patterns.get(label) ?? pattern(random.fork(`class ${label}`));
    patterns.set(label, known);
    return known;
  };
  return Array.from({ length: count }, () => {
    const labels = Int32Array.from({ length: batch }, () => random.below(classes));
    const images = new Float32Array(batch * edge * edge * 3);
    labels.forEach((label, row) => {
      const ofClass = patternOf(label);
      const other = pattern(random);
      const mixed = ofClass.map((value, i) => MIX.class * value + MIX.other * (other[i] ?? 0));
      draw(mixed, images.subarray(row * edge * edge * 3, (row + 1) * edge * edge * 3), edge, random);
    });
    return { images, labels };
  });
}

/** Colours at GRID x GRID points, -1 ... 1. */
const pattern = (random: Random): Float32Array =>
  Float32Array.from({ length: GRID * GRID * 3 }, () => random.between(-1, 1));

/** Bilinear between the points, and a little noise. */
function draw(points: Float32Array, image: Float32Array, edge: number, random: Random): void {
  const at = (y: number, x: number, channel: number): number => points[(y * GRID + x) * 3 + channel] ?? 0;
  const step = (GRID - 1) / (edge - 1);
  let i = 0;
  for (let row = 0; row < edge; row++) {
    const y = Math.min(GRID - 2, Math.floor(row * step));
    const v = row * step - y;
    for (let column = 0; column < edge; column++) {
      const x = Math.min(GRID - 2, Math.floor(column * step));
      const u = column * step - x;
      for (let channel = 0; channel < 3; channel++) {
        const above = (1 - u) * at(y, x, channel) + u * at(y, x + 1, channel);
        const below = (1 - u) * at(y + 1, x, channel) + u * at(y + 1, x + 1, channel);
        image[i++] = (1 - v) * above + v * below + MIX.noise * random.between(-1, 1);
      }
    }
  }
}
