import type { Value } from '../graph.ts';

type Pair = readonly [height: number, width: number];

export interface Window {
  readonly size: Pair;
  readonly strides: Pair;
  readonly dilations: Pair;
  readonly padding: 'same' | 'valid';
}

/**
 * Pixels that a window looks past the edges of a picture, in ONNX's order: above, left, below, right. TensorFlow's `same`
 * gives ceil(in / stride) outputs, for which (out - 1) stride + (size - 1) dilation + 1 - in pixels are missing; where that is
 * odd, the one more comes below and to the right (tensorflow.org/api_docs/python/tf/nn, notes on padding).
 */
export function padsOf(
  { shape }: Value,
  { size, strides, dilations, padding }: Window,
): readonly [number, number, number, number] {
  if (padding === 'valid') return [0, 0, 0, 0];
  const missing = ([0, 1] as const).map((axis) => {
    const edge = shape[axis] ?? 0;
    const out = Math.ceil(edge / strides[axis]);
    return Math.max((out - 1) * strides[axis] + (size[axis] - 1) * dilations[axis] + 1 - edge, 0);
  });
  const [height = 0, width = 0] = missing;
  const [above, left] = [Math.floor(height / 2), Math.floor(width / 2)];
  return [above, left, height - above, width - left];
}
