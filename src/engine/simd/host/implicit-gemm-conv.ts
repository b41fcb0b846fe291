import type { SimdBackend } from './backend.ts';
import { type Finish, type Matrix, packedBytes, sumParts } from './gemm.ts';
import { Kind, SIZE } from './layout.generated.ts';
import { integersOf, type Window } from './window.ts';

const { PANEL, ROWS, FILTER_DEPTH } = SIZE;
/** Work items, each with a space of its own; fixed, so that the memory needed does not depend on threads. */
const ITEMS = 64;
const MOST_SLICES = 16;
/** A slice shorter than this costs more in adding up than it gives. */
const SHORTEST = 256;

/** A filter, tap by tap, and where the pixels go; steps in bytes. */
export interface Product {
  /** The first tap [C, channels]. */
  readonly filter: Matrix;
  /** From tap to tap of the window. */
  readonly stepY: number;
  readonly stepX: number;
  /** What is made of each pixel. */
  readonly channels: number;
  readonly out: number;
  readonly imageStep: number;
  readonly rowStep: number;
  readonly pixelStep: number;
  readonly finish: Finish;
}

/** Out at (b, gy, gx) = the sum over the window's taps of x [C] times the tap's matrix [C, channels], and what follows. */
export function implicitGemm(backend: SimdBackend, window: Window, x: number, p: Product): void {
  const { batch, gridHeight, gridWidth, tapsY, tapsX, channels: C } = window;
  const K = tapsY * tapsX * C;
  const N = p.channels;
  const blocks = Math.ceil((batch * gridHeight * gridWidth) / ROWS);
  const perItem = Math.ceil(blocks / ITEMS);
  const items = Math.ceil(blocks / perItem);
  const spaceBytes = (ROWS * (K + N) + 32) * 4;
  backend.scratch(packedBytes(K, N), (packed) => {
    backend.threads.launch({
      kind: Kind.packTaps,
      total: Math.ceil(N / PANEL),
      cost: K * PANEL,
      integers: [
        p.filter.address,
        packed,
        tapsY,
        tapsX,
        p.stepY,
        p.stepX,
        C,
        N,
        p.filter.rowStep,
        p.filter.columnStep,
      ],
    });
    backend.scratch(items * spaceBytes, (space) =>
      backend.threads.launch({
        kind: Kind.implicitGemm,
        total: items,
        cost: perItem * ROWS * K * N,
        integers: [
          ...integersOf(window),
          x,
          packed,
          p.out,
          space,
          N,
          p.imageStep,
          p.rowStep,
          p.pixelStep,
          blocks,
          perItem,
          spaceBytes,
          ...p.finish,
        ],
      }),
    );
  });
}

/** Out [tapsY, tapsX, C, N] = the sum over the grids' pixels of what each sees, times its dy [N]. */
export function filterGradient(
  backend: SimdBackend,
  window: Window,
  x: number,
  dy: number,
  out: number,
  N: number,
): void {
  const { batch, gridHeight, gridWidth, tapsY, tapsX, channels } = window;
  const K = tapsY * tapsX * channels;
  const pixels = batch * gridHeight * gridWidth;
  const slices = Math.max(1, Math.min(MOST_SLICES, Math.floor(pixels / SHORTEST)));
  const spaceBytes = (FILTER_DEPTH * (K + PANEL) + 32) * 4;
  sumParts(backend, out, K * N, slices, (parts) =>
    backend.scratch(slices * spaceBytes, (space) =>
      backend.threads.launch({
        kind: Kind.implicitGemmFilter,
        total: slices,
        cost: (pixels * K * N) / slices,
        integers: [...integersOf(window), x, dy, parts, space, N, slices, spaceBytes],
      }),
    ),
  );
}
