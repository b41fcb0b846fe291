import type { backend_util } from '@tensorflow/tfjs-core';

/**
 * The input window of a convolution or a pooling: see assembly/vector/window.ts. Pixel (gy, gx) of each of `batch` grids sees the
 * pixels gy * strideY + y0 + ty, gx * strideX + x0 + tx of x [batch, height, width, channels], ty < tapsY, tx < tapsX.
 */
export interface Window {
  readonly batch: number;
  readonly height: number;
  readonly width: number;
  readonly channels: number;
  readonly gridHeight: number;
  readonly gridWidth: number;
  readonly strideY: number;
  readonly strideX: number;
  readonly y0: number;
  readonly x0: number;
  readonly tapsY: number;
  readonly tapsX: number;
}

/** In the order in which kernels expect it. */
export const integersOf = (w: Window): readonly number[] => [
  w.batch,
  w.height,
  w.width,
  w.channels,
  w.gridHeight,
  w.gridWidth,
  w.strideY,
  w.strideX,
  w.y0,
  w.x0,
  w.tapsY,
  w.tapsX,
];

type Info = backend_util.Conv2DInfo;

export const isPlain = (info: Info): boolean =>
  info.dataFormat === 'channelsLast' && info.dilationHeight === 1 && info.dilationWidth === 1;

/** What each output pixel sees of the input. */
export const ofOutput = (info: Info): Window => ({
  batch: info.batchSize,
  height: info.inHeight,
  width: info.inWidth,
  channels: info.inChannels,
  gridHeight: info.outHeight,
  gridWidth: info.outWidth,
  strideY: info.strideHeight,
  strideX: info.strideWidth,
  y0: -info.padInfo.top,
  x0: -info.padInfo.left,
  tapsY: info.filterHeight,
  tapsX: info.filterWidth,
});

/** One axis of what the input pixels of one phase see of the output. */
interface Axis {
  /** The first of these input pixels; they lie a stride apart. */
  readonly phase: number;
  readonly grid: number;
  readonly start: number;
  readonly taps: number;
  /** The filter's tap that belongs to the first tap of the window; from tap to tap it goes back by a stride. */
  readonly firstTap: number;
}

/**
 * Input pixel i was seen by output o through tap k where i + pad = o * stride + k. So the inputs i = g * stride +
 * phase are seen through every stride-th tap only, and they see outputs side by side.
 */
function axes(size: number, stride: number, taps: number, pad: number): readonly Axis[] {
  return Array.from({ length: Math.min(stride, size) }, (_, phase) => {
    const lowest = (phase + pad) % stride;
    const count = Math.max(0, Math.ceil((taps - lowest) / stride));
    return {
      phase,
      grid: Math.ceil((size - phase) / stride),
      start: (phase + pad - lowest) / stride - (count - 1),
      taps: count,
      firstTap: lowest + stride * Math.max(0, count - 1),
    };
  });
}

/** What input pixels see of the output: one window for each phase of the strides. */
export interface Phase {
  readonly window: Window;
  readonly y: Axis;
  readonly x: Axis;
}

/** @param channels of the output, which is what is looked at */
export function ofInput(info: Info, channels: number): readonly Phase[] {
  const rows = axes(info.inHeight, info.strideHeight, info.filterHeight, info.padInfo.top);
  const columns = axes(info.inWidth, info.strideWidth, info.filterWidth, info.padInfo.left);
  return rows.flatMap((y) =>
    columns.map((x) => ({
      y,
      x,
      window: {
        batch: info.batchSize,
        height: info.outHeight,
        width: info.outWidth,
        channels,
        gridHeight: y.grid,
        gridWidth: x.grid,
        strideY: 1,
        strideX: 1,
        y0: y.start,
        x0: x.start,
        tapsY: y.taps,
        tapsX: x.taps,
      },
    })),
  );
}
