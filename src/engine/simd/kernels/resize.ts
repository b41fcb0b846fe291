import {
  type KernelConfig,
  ResizeBilinear,
  type ResizeBilinearAttrs,
  Transform,
  type TransformAttrs,
  util,
} from '@tensorflow/tfjs-core';
import { allFloat, kernel } from '../host/kernel.ts';
import { Kind } from '../host/layout.generated.ts';

const resizeBilinear = kernel<'images', ResizeBilinearAttrs>(
  ResizeBilinear,
  ({ images }, { alignCorners, halfPixelCenters, size }, backend) => {
    if (!allFloat(images) || util.sizeFromShape(images.shape) === 0) return null;
    const [count = 1, H = 1, W = 1, C = 1] = images.shape;
    const [outH, outW] = size;
    const scale = (from: number, to: number): number =>
      alignCorners && to > 1 ? (from - 1) / (to - 1) : from / to;
    const out = backend.output([count, outH, outW, C]);
    backend.threads.launch({
      kind: Kind.resizeBilinear,
      total: count * outH,
      cost: outW * C * 8,
      integers: [backend.address(images), backend.address(out), H, W, C, outH, outW],
      floats: [scale(H, outH), scale(W, outW), halfPixelCenters ? 0.5 : 0],
    });
    return out;
  },
);

const transform = kernel<'image' | 'transforms', TransformAttrs>(
  Transform,
  ({ image, transforms }, { interpolation, fillMode, fillValue, outputShape }, backend) => {
    const [count = 1, H = 1, W = 1, C = 1] = image.shape;
    const [outH, outW] = outputShape ?? [H, W];
    const usual = interpolation === 'bilinear' && fillMode === 'constant';
    if (!usual || !allFloat(image, transforms) || count * H * W * C * outH * outW === 0) return null;
    const out = backend.output([count, outH, outW, C]);
    const addresses = [image, out, transforms].map((tensor) => backend.address(tensor));
    backend.threads.launch({
      kind: Kind.transform,
      total: count * outH,
      cost: outW * (20 + C * 8),
      integers: [...addresses, H, W, C, outH, outW, transforms.shape[0] === 1 ? 0 : 8],
      floats: [fillValue],
    });
    return out;
  },
);

export const resizeKernels: readonly KernelConfig[] = [resizeBilinear, transform];
