import { POOL_MAX } from '../generated/layout';
import { storeSome } from '../vector/lanes';
import { int, ptr } from '../layout';
import {
  channels, gridHeight, gridWidth, height, startX, startY, strideX, strideY, tapsX, tapsY, width,
} from '../vector/window';

// Pooling: the largest (op 1) or the mean (op 0) of what of a window lies inside of x. Arguments 0 to 11 are the window.

@inline
function put(at: usize, v: v128, left: i32): void {
  if (left >= 4) v128.store(at, v);
  else storeSome(at, v, left);
}

/** Args: window, x, out [B, GH, GW, C], op. Work items: rows of the grids. */
export function pool(begin: i32, end: i32): void {
  const C = channels();
  const W = width();
  const step = <usize>C << 2;
  const largest = int(14) == POOL_MAX;
  for (let item = begin; item < end; item++) {
    const iy = (item % gridHeight()) * strideY() + startY();
    const image = ptr(12) + <usize>(item / gridHeight()) * <usize>(height() * W) * step;
    let to = ptr(13) + <usize>item * <usize>gridWidth() * step;
    const ty0 = max(0, -iy);
    const ty1 = min(tapsY(), height() - iy);
    for (let gx = 0; gx < gridWidth(); gx++) {
      const ix = gx * strideX() + startX();
      const tx0 = max(0, -ix);
      const tx1 = min(tapsX(), W - ix);
      const share = f32x4.splat(<f32>1 / <f32>max(1, (ty1 - ty0) * (tx1 - tx0)));
      for (let c = 0; c < C; c += 4) {
        let sum = f32x4.splat(largest ? -Infinity : 0);
        for (let ty = ty0; ty < ty1; ty++) {
          let x = image + <usize>((iy + ty) * W + ix + tx0) * step + (<usize>c << 2);
          for (let tx = tx0; tx < tx1; tx++) {
            sum = largest ? f32x4.max(sum, v128.load(x)) : f32x4.add(sum, v128.load(x));
            x += step;
          }
        }
        put(to + (<usize>c << 2), largest ? sum : f32x4.mul(sum, share), C - c);
      }
      to += step;
    }
  }
}

/**
 * dx from dy: the mean gives each pixel of a window its share, the largest all to the first that is the largest.
 *
 * Args: window, dy [B, GH, GW, C], dx [B, H, W, C], op, x, y (what was pooled, and the result; for the largest).
 * Work items: images.
 */
export function poolGrad(begin: i32, end: i32): void {
  const C = channels();
  const W = width();
  const step = <usize>C << 2;
  const largest = int(14) == POOL_MAX;
  const bytes = <usize>(height() * W) * step;
  for (let b = begin; b < end; b++) {
    const image = <usize>b * bytes;
    memory.fill(ptr(13) + image, 0, bytes);
    let out = <usize>(b * gridHeight() * gridWidth()) * step;
    for (let gy = 0; gy < gridHeight(); gy++) {
      const iy = gy * strideY() + startY();
      const ty0 = max(0, -iy);
      const ty1 = min(tapsY(), height() - iy);
      for (let gx = 0; gx < gridWidth(); gx++) {
        const ix = gx * strideX() + startX();
        const tx0 = max(0, -ix);
        const tx1 = min(tapsX(), W - ix);
        const share = f32x4.splat(<f32>1 / <f32>max(1, (ty1 - ty0) * (tx1 - tx0)));
        for (let c = 0; c < C; c += 4) {
          const at = <usize>c << 2;
          const dy = v128.load(ptr(12) + out + at);
          const y = largest ? v128.load(ptr(16) + out + at) : dy;
          let free = i32x4.splat(-1);
          for (let ty = ty0; ty < ty1; ty++) {
            for (let tx = tx0; tx < tx1; tx++) {
              const place = image + <usize>((iy + ty) * W + ix + tx) * step + at;
              const dx = ptr(13) + place;
              let part = f32x4.mul(dy, share);
              if (largest) {
                const here = v128.and(free, f32x4.eq(v128.load(ptr(15) + place), y));
                free = v128.andnot(free, here);
                part = v128.and(dy, here);
              }
              put(dx, f32x4.add(v128.load(dx), part), C - c);
            }
          }
        }
        out += step;
      }
    }
  }
}
