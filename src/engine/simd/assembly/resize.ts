import { madd } from './fma';
import { storeSome } from './lanes';
import { float, int, ptr } from './layout';

/**
 * Bilinear resizing. Args: x, out, H, W, C, outH, outW. Floats: scaleY, scaleX, shift (added to both places), so that
 * a place in the input is (i + shift) * scale - shift. Work items: pictures * outH.
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
    const picture = ptr(0) + <usize>(item / outH) * <usize>H * line;
    const upper = picture + <usize>top * line;
    const lower = picture + <usize>bottom * line;
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
