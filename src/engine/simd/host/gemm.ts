import type { SimdBackend } from './backend.ts';
import { finishOp, Kind, SIZE } from './layout.generated.ts';

const { PANEL, ROWS, RUN } = SIZE;
/** Bytes of one packed panel of a piece of B in gemmLong. */
const PIECE_BYTES = SIZE.LONG_DEPTH * PANEL * 4;

/** What a product or a convolution does with its result while it is in the cache: assembly/vector/finish.ts. */
export type Finish = readonly [bias: number, slopes: number, activation: number];

/** Neither bias nor activation. */
export const NOTHING: Finish = [0, 0, finishOp.linear];

/** A matrix in memory; element (i, k) lies at address + i * rowStep + k * columnStep, steps in bytes. */
export interface Matrix {
  readonly address: number;
  readonly rowStep: number;
  readonly columnStep: number;
}

export const rowMajor = (address: number, columns: number): Matrix => ({
  address,
  rowStep: columns * 4,
  columnStep: 4,
});

export const transposed = ({ address, rowStep, columnStep }: Matrix): Matrix => ({
  address,
  rowStep: columnStep,
  columnStep: rowStep,
});

/** Bytes of B [K, N] in panels. */
export const packedBytes = (K: number, N: number): number => Math.ceil(N / PANEL) * PANEL * K * 4;

/** Puts B [K, N] into panels of 8 columns. */
export function pack(backend: SimdBackend, b: Matrix, packed: number, K: number, N: number): void {
  backend.threads.launch({
    kind: Kind.packPanels,
    total: Math.ceil(N / PANEL),
    cost: K * PANEL,
    integers: [b.address, packed, K, N, b.rowStep, b.columnStep],
  });
}

/** C [M, N] = A [M, K] B [K, N], and what follows; C row-major without gaps. */
export function gemm(
  backend: SimdBackend,
  a: Matrix,
  b: Matrix,
  c: number,
  [M, K, N]: readonly [M: number, K: number, N: number],
  finish: Finish = NOTHING,
): void {
  backend.scratch(packedBytes(K, N), (packed) => {
    pack(backend, b, packed, K, N);
    backend.threads.launch({
      kind: Kind.gemmPacked,
      total: Math.ceil(M / ROWS),
      cost: ROWS * K * N,
      integers: [a.address, a.rowStep, a.columnStep, packed, c, M, K, N, ...finish],
    });
  });
}

/** Slices of a long K, and with them the sums that are made; fixed, so that results do not depend on threads. */
const SLICES = 8;
/** A slice shorter than this costs more in adding up than it gives. */
const SHORTEST = 256;
const MOST_ROWS_OF_BLOCK = 60;

/** C [M, N] = A^T B for row-major A [K, M] and B [K, N] where K is long: gradients of filters and dense layers. */
export function gemmLong(
  backend: SimdBackend,
  a: number,
  b: number,
  c: number,
  [M, K, N]: readonly [M: number, K: number, N: number],
): void {
  const slices = Math.max(1, Math.min(SLICES, Math.floor(K / SHORTEST)));
  const blocks = slices >= SLICES ? 1 : Math.ceil(M / MOST_ROWS_OF_BLOCK);
  const rowsPerBlock = Math.ceil(M / blocks);
  const items = slices * blocks;
  const run = (parts: number): void =>
    backend.scratch(items * PIECE_BYTES, (space) =>
      backend.threads.launch({
        kind: Kind.gemmSlices,
        total: items,
        cost: (M * K * N) / items,
        integers: [a, M * 4, b, N * 4, parts, M, K, N, slices, blocks, rowsPerBlock, space],
      }),
    );
  sumParts(backend, c, M * N, slices, run);
}

/** Has `run` make `slices` parts of `count` numbers, one after the other, and puts their sum at `out`. */
export function sumParts(
  backend: SimdBackend,
  out: number,
  count: number,
  slices: number,
  run: (parts: number) => void,
): void {
  if (slices === 1) {
    run(out);
    return;
  }
  backend.scratch(slices * count * 4, (parts) => {
    run(parts);
    backend.threads.launch({
      kind: Kind.sumParts,
      total: Math.ceil(count / RUN),
      cost: RUN * slices,
      integers: [parts, out, count, slices],
    });
  });
}
