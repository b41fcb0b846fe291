/** Edge of the image that a signature is made of. */
export const SIGNATURE_EDGE = 64;
/** Cells along an edge of the grid that photos are compared by. */
const GRID = 16;
const SIZE = GRID * GRID;
const CELL = SIGNATURE_EDGE / GRID;
/**
 * From this correlation on, two photos are copies of one. Measured (docs/performance.md): copies that were encoded anew, halved
 * or mirrored have 0.95 and more; different photos of two people 0.76 at most; of one person 0.82, in a studio 0.97.
 */
const COPY = 0.94;

/** What is left of a photo to compare it by: [256], of length 1; all 0 for a photo without structure. */
export type Signature = Float32Array;

/**
 * Luminance in a grid of 16 x 16 cells, less the mean of each cell's neighbourhood of 3 x 3, scaled to length 1. What many
 * photos have in common, such as a light face in the middle, is coarser and drops out.
 *
 * @param pixels the whole photo at SIGNATURE_EDGE x SIGNATURE_EDGE, RGB, row by row
 */
export function signatureOf(pixels: ArrayLike<number>): Signature {
  const cells = new Float32Array(SIZE);
  for (let y = 0; y < SIGNATURE_EDGE; y++) {
    for (let x = 0; x < SIGNATURE_EDGE; x++) {
      const at = (y * SIGNATURE_EDGE + x) * 3;
      // ITU-R BT.601.
      const luminance =
        0.299 * (pixels[at] ?? 0) + 0.587 * (pixels[at + 1] ?? 0) + 0.114 * (pixels[at + 2] ?? 0);
      const cell = Math.floor(y / CELL) * GRID + Math.floor(x / CELL);
      cells[cell] = (cells[cell] ?? 0) + luminance;
    }
  }
  const inside = (i: number): number => Math.min(GRID - 1, Math.max(0, i));
  const detail = cells.map((value, i) => {
    const [x, y] = [i % GRID, Math.floor(i / GRID)];
    let sum = 0;
    for (let dy = -1; dy <= 1; dy++) {
      for (let dx = -1; dx <= 1; dx++) sum += cells[inside(y + dy) * GRID + inside(x + dx)] ?? 0;
    }
    return value - sum / 9;
  });
  const length = Math.hypot(...detail);
  // Below that, what is left are rounding errors.
  return length > 1e-3 ? detail.map((value) => value / length) : detail.fill(0);
}

/** Finds the copies among photos that come one after the other. n photos cost n^2 / 2 comparisons of 0.2 microseconds. */
export class NearCopies<Id> {
  private ids: Id[] = [];
  private signatures: Signature[] = [];

  /** Remembers a photo. @returns the earlier ones that it is a copy of, or a mirror image of a copy */
  add(id: Id, signature: Signature): Id[] {
    const flipped = mirrored(signature);
    const found = this.ids.filter((_, i) => {
      const other = this.signatures[i];
      return other !== undefined && (dot(signature, other) >= COPY || dot(flipped, other) >= COPY);
    });
    this.ids.push(id);
    this.signatures.push(signature);
    return found;
  }

  clear(): void {
    this.ids = [];
    this.signatures = [];
  }
}

const mirrored = (signature: Signature): Signature =>
  signature.map((_, i) => signature[i - (i % GRID) + GRID - 1 - (i % GRID)] ?? 0);

function dot(a: Signature, b: Signature): number {
  let sum = 0;
  for (let i = 0; i < SIZE; i++) sum += (a[i] ?? 0) * (b[i] ?? 0);
  return sum;
}

/** Faces and their copies as pairs of indices; copies that are not among the faces any more are left out. */
export function copyPairs<Id>(
  faces: readonly { readonly id: Id; readonly copyOf?: readonly Id[] | undefined }[],
): [number, number][] {
  const index = new Map(faces.map(({ id }, i) => [id, i]));
  return faces.flatMap(({ copyOf = [] }, face) =>
    copyOf.flatMap((id): [number, number][] => {
      const other = index.get(id);
      return other === undefined ? [] : [[other, face]];
    }),
  );
}

/**
 * Joins faces that are copies of each other, directly or through others.
 *
 * @param count faces, which are numbered from 0
 * @param pairs of numbers
 * @returns for each face the lowest number of its group: its own where it has no copies
 */
export function groupCopies(count: number, pairs: readonly (readonly [number, number])[]): number[] {
  const parent = Array.from({ length: count }, (_, i) => i);
  const rootOf = (face: number): number => {
    let root = face;
    while (parent[root] !== undefined && parent[root] !== root) root = parent[root] ?? root;
    parent[face] = root;
    return root;
  };
  for (const [a, b] of pairs) {
    const [first, second] = [rootOf(a), rootOf(b)].sort((x, y) => x - y);
    if (first !== undefined && second !== undefined) parent[second] = first;
  }
  return parent.map((_, face) => rootOf(face));
}
