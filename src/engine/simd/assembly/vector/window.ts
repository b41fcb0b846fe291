import { int } from '../layout';

// What a convolution or a pooling looks at, as the first 12 arguments of its kernels: pixel (gy, gx) of each of B
// grids of GH x GW sees the pixels gy * strideY + y0 + ty, gx * strideX + x0 + tx of x [B, H, W, C], where
// ty < tapsY and tx < tapsX; those outside of x are zeros.

@inline
export function batch(): i32 { return int(0); }
@inline
export function height(): i32 { return int(1); }
@inline
export function width(): i32 { return int(2); }
@inline
export function channels(): i32 { return int(3); }
@inline
export function gridHeight(): i32 { return int(4); }
@inline
export function gridWidth(): i32 { return int(5); }
@inline
export function strideY(): i32 { return int(6); }
@inline
export function strideX(): i32 { return int(7); }
@inline
export function startY(): i32 { return int(8); }
@inline
export function startX(): i32 { return int(9); }
@inline
export function tapsY(): i32 { return int(10); }
@inline
export function tapsX(): i32 { return int(11); }

/** The first gx, at most GW, that sees only columns from 0 on for tap tx. */
@inline
export function firstInside(tx: i32): i32 {
  const x = startX() + tx;
  return x >= 0 ? 0 : min((strideX() - 1 - x) / strideX(), gridWidth());
}

/** One more than the last gx whose tap tx lies before the last column's end; 0 where there is none. */
@inline
export function endInside(tx: i32): i32 {
  const x = width() - 1 - startX() - tx;
  return x < 0 ? 0 : min(x / strideX() + 1, gridWidth());
}
