import { z } from 'zod';
import { present } from '../../../lib/assert.ts';
import { type GraphBuilder, int, ints, type Value } from '../graph.ts';
import { permute } from '../permute.ts';
import type { Weight } from '../weights.ts';
import { activated } from './activations.ts';
import {
  channelsLast,
  inputOf,
  type LayerUse,
  type LayerWriter,
  pair,
  settingsOf,
  weightOf,
} from './layer-use.ts';
import { padsOf } from './padding.ts';

const settings = z.object({
  strides: pair,
  padding: z.enum(['same', 'valid']),
  dataFormat: channelsLast,
  dilationRate: pair,
  activation: z.string(),
});
type Settings = z.infer<typeof settings>;

export const writeConv2d: LayerWriter = (use, graph) => {
  const given = settingsOf(use, settings);
  const kernel = outputFirst(weightOf(use, 'kernel'));
  const bias = biasOf(use, graph);
  const value = convolve(inputOf(use), { kernel, groups: 1, bias }, given, use.outputShape, graph);
  return activated(use, given.activation, value, graph);
};

export const writeDepthwise: LayerWriter = (use, graph) => {
  const given = settingsOf(use, settings);
  const { kernel, groups } = depthwiseKernel(weightOf(use, 'depthwise_kernel'));
  const bias = biasOf(use, graph);
  const value = convolve(inputOf(use), { kernel, groups, bias }, given, use.outputShape, graph);
  return activated(use, given.activation, value, graph);
};

/** A depthwise convolution, then one of 1 x 1. */
export const writeSeparable: LayerWriter = (use, graph) => {
  const given = settingsOf(use, settings);
  const { kernel, groups } = depthwiseKernel(weightOf(use, 'depthwise_kernel'));
  const [height = 0, width = 0] = use.outputShape;
  const between = [height, width, present(kernel.dims[0], 'channels')];
  const depthwise = convolve(inputOf(use), { kernel, groups, bias: null }, given, between, graph);
  const mixed = convolve(
    depthwise,
    { kernel: outputFirst(weightOf(use, 'pointwise_kernel')), groups: 1, bias: biasOf(use, graph) },
    { ...given, strides: [1, 1], dilationRate: [1, 1] },
    use.outputShape,
    graph,
  );
  return activated(use, given.activation, mixed, graph);
};

type Kernel = ReturnType<typeof permute>;

/** [y, x, in, out] -> [out, in, y, x] */
const outputFirst = ({ values, dims }: Weight): Kernel => permute(values, dims, [3, 2, 0, 1]);

/** [y, x, C, m] -> [C m, 1, y, x], in C groups: channel c gives the outputs c m to c m + m - 1, there as here. */
function depthwiseKernel({ values, dims }: Weight): { readonly kernel: Kernel; readonly groups: number } {
  const [y = 0, x = 0, channels = 0, multiplier = 0] = dims;
  const { values: moved } = permute(values, dims, [2, 3, 0, 1]);
  return { kernel: { values: moved, dims: [channels * multiplier, 1, y, x] }, groups: channels };
}

/** The bias in the graph; null where a layer has none. */
export function biasOf(use: LayerUse, graph: GraphBuilder): string | null {
  const bias = use.weights.get('bias');
  return bias ? graph.floats('bias', bias.values.slice(), bias.dims) : null;
}

interface Filters {
  /** [out, in / groups, y, x] */
  readonly kernel: Kernel;
  readonly groups: number;
  readonly bias: string | null;
}

function convolve(
  input: Value,
  { kernel, groups, bias }: Filters,
  { strides, dilationRate, padding }: Settings,
  shape: readonly number[],
  graph: GraphBuilder,
): Value {
  const size = [kernel.dims[2] ?? 1, kernel.dims[3] ?? 1] as const;
  const weights = graph.floats('kernel', kernel.values, kernel.dims);
  const name = graph.node('Conv', [input.name, weights, ...(bias === null ? [] : [bias])], {
    kernel_shape: ints(...size),
    strides: ints(...strides),
    dilations: ints(...dilationRate),
    pads: ints(...padsOf(input, { size, strides, dilations: dilationRate, padding })),
    group: int(groups),
  });
  return { name, shape };
}
