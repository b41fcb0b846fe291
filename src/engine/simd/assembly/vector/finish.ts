import { FINISH_LINEAR, FINISH_PRELU, FINISH_RELU, FINISH_RELU6 } from '../generated/layout';
import { madd } from './fma';
import { storeSome } from './lanes';

// What follows a product or a convolution, done to each piece while it is still in the cache. The same operations in
// the same order as the elementwise kernels, so the same numbers.

/**
 * y = activation(y + bias), in place, for `rows` rows of N numbers, `step` bytes apart.
 *
 * @param bias [N]; 0 for none
 * @param slopes of PReLU, [N]
 */
export function finish(y: usize, rows: i32, step: usize, N: i32, bias: usize, slopes: usize, activation: i32): void {
  switch (activation) {
    case FINISH_RELU: finishRows(y, rows, step, N, bias, slopes, FINISH_RELU); break;
    case FINISH_RELU6: finishRows(y, rows, step, N, bias, slopes, FINISH_RELU6); break;
    case FINISH_PRELU: finishRows(y, rows, step, N, bias, slopes, FINISH_PRELU); break;
    default: if (bias != 0) finishRows(y, rows, step, N, bias, slopes, FINISH_LINEAR);
  }
}

@inline
function finishRows(
  y: usize, rows: i32, step: usize, N: i32, bias: usize, slopes: usize, activation: i32,
): void {
  for (let row = 0; row < rows; row++) {
    for (let n = 0; n < N; n += 4) {
      const at = <usize>n << 2;
      let v = v128.load(y + at);
      if (bias != 0) v = f32x4.add(v, v128.load(bias + at));
      v = activate(v, slopes + at, activation);
      if (N - n >= 4) v128.store(y + at, v);
      else storeSome(y + at, v, N - n);
    }
    y += step;
  }
}

@inline
function activate(v: v128, slopes: usize, activation: i32): v128 {
  const zero = f32x4.splat(0);
  if (activation == FINISH_RELU) return f32x4.max(v, zero);
  if (activation == FINISH_RELU6) return f32x4.min(f32x4.max(v, zero), f32x4.splat(6));
  if (activation == FINISH_PRELU) return madd(f32x4.pmin(v, zero), v128.load(slopes), f32x4.pmax(v, zero));
  return v;
}
