import { RUN } from '../generated/layout';
import { madd } from '../vector/fma';
import { storeSome } from '../vector/lanes';
import { float, int, ptr } from '../layout';

/**
 * g = gradient + decay w; v <- momentum v + g; w <- w - rate v, or w - rate (g + momentum v) as Nesterov has it.
 *
 * Args: w, v, gradient, count, nesterov. Floats: rate, momentum, decay. Work items: runs of RUN numbers.
 */
export function sgd(begin: i32, end: i32): void {
  const count = int(3);
  const nesterov = int(4) != 0;
  const rate = float(0);
  const momentum = float(1);
  const decay = float(2);
  const rates = f32x4.splat(-rate);
  const momenta = f32x4.splat(momentum);
  const decays = f32x4.splat(decay);
  const first = <usize>(begin * RUN) << 2;
  let w = ptr(0) + first;
  let v = ptr(1) + first;
  let gradient = ptr(2) + first;
  let left = min(end * RUN, count) - begin * RUN;
  for (; left >= 4; left -= 4) {
    const weight = v128.load(w);
    const g = madd(weight, decays, v128.load(gradient));
    const moved = madd(v128.load(v), momenta, g);
    v128.store(v, moved);
    v128.store(w, madd(nesterov ? madd(moved, momenta, g) : moved, rates, weight));
    w += 16;
    v += 16;
    gradient += 16;
  }
  for (; left > 0; left--) {
    const weight = load<f32>(w);
    const g = weight * decay + load<f32>(gradient);
    const moved = load<f32>(v) * momentum + g;
    store<f32>(v, moved);
    store<f32>(w, weight - rate * (nesterov ? moved * momentum + g : moved));
    w += 4;
    v += 4;
    gradient += 4;
  }
}

/**
 * m <- beta1 m + (1 - beta1) g; v <- beta2 v + (1 - beta2) g^2; w <- w - rate (m^ / (sqrt(v^) + epsilon) + decay w).
 *
 * Args: w, m, v, gradient, count. Floats: rate, beta1, 1 - beta1, beta2, 1 - beta2, epsilon, 1 / correction1,
 * 1 / correction2, decay. Work items: runs of RUN numbers.
 */
export function adamW(begin: i32, end: i32): void {
  const count = int(4);
  const first = <usize>(begin * RUN) << 2;
  let w = ptr(0) + first;
  let m = ptr(1) + first;
  let v = ptr(2) + first;
  let gradient = ptr(3) + first;
  let left = min(end * RUN, count) - begin * RUN;
  const rate = f32x4.splat(-float(0));
  const keep1 = f32x4.splat(float(1));
  const take1 = f32x4.splat(float(2));
  const keep2 = f32x4.splat(float(3));
  const take2 = f32x4.splat(float(4));
  const epsilon = f32x4.splat(float(5));
  const inverse1 = f32x4.splat(float(6));
  const inverse2 = f32x4.splat(float(7));
  const decay = f32x4.splat(float(8));
  while (left > 0) {
    // The last vector may reach past the end of the tensor: it reads there, and writes only the tensor's entries.
    const g = v128.load(gradient);
    const one = madd(v128.load(m), keep1, f32x4.mul(g, take1));
    const two = madd(v128.load(v), keep2, f32x4.mul(f32x4.mul(g, g), take2));
    const size = f32x4.add(f32x4.sqrt(f32x4.mul(two, inverse2)), epsilon);
    const weight = v128.load(w);
    const moved = madd(weight, decay, f32x4.div(f32x4.mul(one, inverse1), size));
    const next = madd(moved, rate, weight);
    if (left >= 4) {
      v128.store(m, one);
      v128.store(v, two);
      v128.store(w, next);
    } else {
      storeSome(m, one, left);
      storeSome(v, two, left);
      storeSome(w, next, left);
    }
    w += 16;
    m += 16;
    v += 16;
    gradient += 16;
    left -= 4;
  }
}
