import { type Channels, LUMINANCE, luminanceRange, type PixelRange } from '../../lib/pixel-range.ts';
import { unreachable } from '../../lib/unreachable.ts';
import type { GraphBuilder, Value } from './graph.ts';

export interface InputRange {
  /** What the file takes: bytes 0...255, or (byte - 127.5) / 127.5. */
  readonly taken: 'bytes' | 'symmetric';
  /** How the network wants bytes scaled. */
  readonly wanted: PixelRange;
}

/**
 * Writes what brings the file's input to the network's own.
 *
 * Bytes: two nodes named `Sub` and `Mul`, (byte - mean) * 1 / divisor, in front of all others: by these names insightface's
 * ArcFaceONNX tells that the graph scales by itself. Symmetric x = (byte - 127.5) / 127.5: x * 127.5 / divisor +
 * (127.5 - mean) / divisor, whose nodes must not be named so, each left out where it changes nothing. Grey: luminance by the
 * weights of ITU-R BT.601 afterwards, which is the same because these sum to 1.
 *
 * @returns the picture as the network takes it, [H, W, channels]
 */
export function writeInput(
  graph: GraphBuilder,
  picture: Value,
  { taken, wanted }: InputRange,
  channels: Channels,
): Value {
  const range = channels === 1 ? luminanceRange(wanted) : wanted;
  const scaled = { ...picture, name: writeScaling(graph, picture.name, taken, range) };
  if (channels === 3) return scaled;
  const kernel = graph.floats('luminance', Float32Array.from(LUMINANCE), [1, 3, 1, 1]);
  const [height = 0, width = 0] = picture.shape;
  return { name: graph.node('Conv', [scaled.name, kernel], {}, 'grey'), shape: [height, width, 1] };
}

function writeScaling(
  graph: GraphBuilder,
  pixels: string,
  taken: InputRange['taken'],
  { mean, divisor }: PixelRange,
): string {
  switch (taken) {
    case 'bytes': {
      const centred = graph.node('Sub', [pixels, perChannel(graph, 'mean', mean)]);
      const factors = divisor.map((value) => 1 / value);
      return graph.node('Mul', [centred, perChannel(graph, 'factor', factors)]);
    }
    case 'symmetric': {
      const factors = divisor.map((value) => 127.5 / value);
      const offsets = mean.map((value, i) => (127.5 - value) / (divisor[i] ?? 1));
      const scaled = factors.every((value) => value === 1)
        ? pixels
        : graph.node('Mul', [pixels, perChannel(graph, 'factor', factors)], {}, 'scale');
      return offsets.every((value) => value === 0)
        ? scaled
        : graph.node('Add', [scaled, perChannel(graph, 'offset', offsets)], {}, 'shift');
    }
    default:
      return unreachable(taken);
  }
}

/** One number where all three are the same: OpenCV reads that in every version. */
function perChannel(graph: GraphBuilder, name: string, values: readonly number[]): string {
  const [first] = values;
  return first !== undefined && values.every((value) => value === first)
    ? graph.floats(name, Float32Array.of(first), [1])
    : graph.floats(name, Float32Array.from(values), [1, 3, 1, 1]);
}
