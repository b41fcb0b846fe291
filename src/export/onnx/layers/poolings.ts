import { z } from 'zod';
import { int, ints } from '../graph.ts';
import {
  cannotWrite,
  channelsLast,
  inputOf,
  isPicture,
  type LayerWriter,
  pair,
  settingsOf,
} from './layer-use.ts';
import { padsOf } from './padding.ts';

const settings = z.object({
  poolSize: pair,
  strides: pair,
  padding: z.enum(['same', 'valid']),
  dataFormat: channelsLast,
});

/** An average is of the pixels that are there: those past the edge do not count, as in TensorFlow. */
export const pooling =
  (op: 'MaxPool' | 'AveragePool'): LayerWriter =>
  (use, graph) => {
    const { poolSize: size, strides, padding } = settingsOf(use, settings);
    const input = inputOf(use);
    const name = graph.node(op, [input.name], {
      kernel_shape: ints(...size),
      strides: ints(...strides),
      pads: ints(...padsOf(input, { size, strides, dilations: [1, 1], padding })),
    });
    return { name, shape: use.outputShape };
  };

export const globalPooling =
  (op: 'GlobalMaxPool' | 'GlobalAveragePool'): LayerWriter =>
  (use, graph) => {
    settingsOf(use, z.object({ dataFormat: channelsLast }));
    const pooled = graph.node(op, [inputOf(use).name]); // [B,C,1,1]
    return { name: graph.node('Flatten', [pooled], { axis: int(1) }), shape: use.outputShape };
  };

/** Over the first of two axes. */
export const globalPooling1d =
  (op: 'ReduceMean' | 'ReduceMax'): LayerWriter =>
  (use, graph) => {
    const input = inputOf(use);
    if (isPicture(input)) throw cannotWrite(use, 'it is given a picture');
    const name = graph.node(op, [input.name], { axes: ints(1), keepdims: int(0) });
    return { name, shape: use.outputShape };
  };
