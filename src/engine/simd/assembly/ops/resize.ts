import { madd } from '../vector/fma';
import { storeSome } from '../vector/lanes';
import { float, int, ptr } from '../layout';

/**
 * Bilinear resizing. Args: x, out, H, W, C, outH, outW. Floats: scaleY, scaleX, shift (added to both places), so that
 * a place in the input is (i + shift) * scale - shift. Work items: images * outH.
 */
export function resizeBilinear(begin: i32, end: i32): void {
  const H = int(2);
  const W = int(3);
  const C = int(4);
  const outH = int(5);
  const outW = int(6);
  const shift = float(2);
  const pixel = <usize>C << 2;
  const line = <usize>W * pixel;
  for (let item = begin; item < end; item++) {
    const atY: f32 = max<f32>(0, (<f32>(item % outH) + shift) * float(0) - shift);
    const top = min(H - 1, <i32>floor<f32>(atY));
    const bottom = min(H - 1, <i32>ceil<f32>(atY));
    const downwards = f32x4.splat(atY - <f32>top);
    const image = ptr(0) + <usize>(item / outH) * <usize>H * line;
    const upper = image + <usize>top * line;
    const lower = image + <usize>bottom * line;
    let out = ptr(1) + <usize>item * <usize>outW * pixel;
    for (let i = 0; i < outW; i++) {
      const atX: f32 = max<f32>(0, (<f32>i + shift) * float(1) - shift);
      const left = min(W - 1, <i32>floor<f32>(atX));
      const right = <usize>min(W - 1, <i32>ceil<f32>(atX)) * pixel;
      const from = <usize>left * pixel;
      const across = f32x4.splat(atX - <f32>left);
      for (let c: usize = 0; c < pixel; c += 16) {
        const a = v128.load(upper + from + c);
        const b = v128.load(lower + from + c);
        const high = madd(f32x4.sub(v128.load(upper + right + c), a), across, a);
        const low = madd(f32x4.sub(v128.load(lower + right + c), b), across, b);
        const y = madd(f32x4.sub(low, high), downwards, high);
        const some = <i32>((pixel - c) >> 2);
        if (some >= 4) v128.store(out + c, y);
        else storeSome(out + c, y, some);
      }
      out += pixel;
    }
  }
}

/**
 * A projective transform of an image (affine where c0 and c1 are 0), bilinear: the output at
 * (x, y) is the input at ((a0 x + a1 y + a2) / k, (b0 x + b1 y + b2) / k), k = c0 x + c1 y + 1, and `fill` outside.
 *
 * Args: x, out, maps [images or 1, 8] (a0 a1 a2 b0 b1 b2 c0 c1), H, W, C, outH, outW, numbers from one map to the next.
 * Floats: fill. Work items: images * outH.
 */
export function transform(begin: i32, end: i32): void {
  const H = int(3);
  const W = int(4);
  const C = int(5);
  const outH = int(6);
  const outW = int(7);
  const pixel = <usize>C << 2;
  for (let item = begin; item < end; item++) {
    const index = item / outH;
    const y = <f32>(item % outH);
    const map = ptr(2) + (<usize>(index * int(8)) << 2);
    const image = ptr(0) + <usize>index * <usize>(H * W) * pixel;
    let out = ptr(1) + <usize>item * <usize>outW * pixel;
    for (let i = 0; i < outW; i++) {
      const x = <f32>i;
      const k: f32 = load<f32>(map, 24) * x + load<f32>(map, 28) * y + 1;
      const atX: f32 = (load<f32>(map) * x + load<f32>(map, 4) * y + load<f32>(map, 8)) / k;
      const atY: f32 = (load<f32>(map, 12) * x + load<f32>(map, 16) * y + load<f32>(map, 20)) / k;
      // Everything that cannot reach the image, NaN and infinity too, before rounding to integers.
      if (k != 0 && atX > -1 && atX < <f32>W && atY > -1 && atY < <f32>H) {
        const left = <i32>floor<f32>(atX);
        const top = <i32>floor<f32>(atY);
        const across = f32x4.splat(atX - <f32>left);
        const down = f32x4.splat(atY - <f32>top);
        const corner = image + <usize>(top * W + left) * pixel;
        const isLeft = left >= 0;
        const isRight = left + 1 < W;
        const isTop = top >= 0;
        const isBottom = top + 1 < H;
        const line = <usize>W * pixel;
        const none = f32x4.splat(float(0));
        for (let c: usize = 0; c < pixel; c += 16) {
          const at = corner + c;
          const a = isTop && isLeft ? v128.load(at) : none;
          const b = isTop && isRight ? v128.load(at + pixel) : none;
          const d = isBottom && isLeft ? v128.load(at + line) : none;
          const e = isBottom && isRight ? v128.load(at + line + pixel) : none;
          const high = madd(f32x4.sub(b, a), across, a);
          const low = madd(f32x4.sub(e, d), across, d);
          const value = madd(f32x4.sub(low, high), down, high);
          const some = <i32>((pixel - c) >> 2);
          if (some >= 4) v128.store(out + c, value);
          else storeSome(out + c, value, some);
        }
      } else {
        for (let c: usize = 0; c < pixel; c += 4) store<f32>(out + c, float(0));
      }
      out += pixel;
    }
  }
}
