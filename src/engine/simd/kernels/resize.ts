import { type KernelConfig, ResizeBilinear, type ResizeBilinearAttrs, util } from '@tensorflow/tfjs-core';
import { allFloat, kernel } from '../kernel.ts';
import { Kind } from '../layout.ts';

const resizeBilinear = kernel<'images', ResizeBilinearAttrs>(
  ResizeBilinear,
  ({ images }, { alignCorners, halfPixelCenters, size }, backend) => {
    if (!allFloat(images) || util.sizeFromShape(images.shape) === 0) return null;
    const [pictures = 1, H = 1, W = 1, C = 1] = images.shape;
    const [outH, outW] = size;
    const scale = (from: number, to: number): number =>
      alignCorners && to > 1 ? (from - 1) / (to - 1) : from / to;
    const out = backend.output([pictures, outH, outW, C]);
    backend.pool.launch({
      kind: Kind.resizeBilinear,
      total: pictures * outH,
      cost: outW * C * 8,
      integers: [backend.address(images), backend.address(out), H, W, C, outH, outW],
      floats: [scale(H, outH), scale(W, outW), halfPixelCenters ? 0.5 : 0],
    });
    return out;
  },
);

export const resizeKernels: readonly KernelConfig[] = [resizeBilinear];
