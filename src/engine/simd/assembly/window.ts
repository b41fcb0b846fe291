import { int } from './layout';

// What a convolution or a pooling looks at, as the first 12 arguments of its kernels: pixel (gy, gx) of each of B
// grids of GH x GW sees the pixels gy * strideY + y0 + ty, gx * strideX + x0 + tx of x [B, H, W, C], where
// ty < tapsY and tx < tapsX; those outside of x are zeros.

// @ts-ignore: decorator
@inline
export function batch(): i32 { return int(0); }
// @ts-ignore: decorator
@inline
export function height(): i32 { return int(1); }
// @ts-ignore: decorator
@inline
export function width(): i32 { return int(2); }
// @ts-ignore: decorator
@inline
export function channels(): i32 { return int(3); }
// @ts-ignore: decorator
@inline
export function gridHeight(): i32 { return int(4); }
// @ts-ignore: decorator
@inline
export function gridWidth(): i32 { return int(5); }
// @ts-ignore: decorator
@inline
export function strideY(): i32 { return int(6); }
// @ts-ignore: decorator
@inline
export function strideX(): i32 { return int(7); }
// @ts-ignore: decorator
@inline
export function startY(): i32 { return int(8); }
// @ts-ignore: decorator
@inline
export function startX(): i32 { return int(9); }
// @ts-ignore: decorator
@inline
export function tapsY(): i32 { return int(10); }
// @ts-ignore: decorator
@inline
export function tapsX(): i32 { return int(11); }

/** The first gx, at most GW, that sees only columns from 0 on for tap tx. */
// @ts-ignore: decorator
@inline
export function firstInside(tx: i32): i32 {
  const x = startX() + tx;
  return x >= 0 ? 0 : min((strideX() - 1 - x) / strideX(), gridWidth());
}

/** One more than the last gx whose tap tx lies before the last column's end; 0 where there is none. */
// @ts-ignore: decorator
@inline
export function endInside(tx: i32): i32 {
  const x = width() - 1 - startX() - tx;
  return x < 0 ? 0 : min(x / strideX() + 1, gridWidth());
}
