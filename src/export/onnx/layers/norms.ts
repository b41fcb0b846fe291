import { z } from 'zod';
import { present } from '../../../lib/assert.ts';
import { float, int } from '../graph.ts';
import {
  cannotWrite,
  channelsLastOf,
  fromChannelsLast,
  inputOf,
  isPicture,
  type LayerUse,
  type LayerWriter,
  settingsOf,
} from './layer-use.ts';

const settings = z.object({
  axis: z.union([z.number(), z.array(z.number()).length(1)]),
  epsilon: z.number(),
});

/** @returns epsilon, and how many numbers the last axis has */
function overLastAxis(use: LayerUse): { readonly epsilon: number; readonly size: number } {
  const { axis, epsilon } = settingsOf(use, settings);
  const { shape } = inputOf(use);
  const along = Array.isArray(axis) ? axis[0] : axis;
  if (along !== -1 && along !== shape.length)
    throw cannotWrite(use, 'it normalises another axis than the last');
  return { epsilon, size: present(shape.at(-1), 'the last axis') };
}

/** A weight, or what it is where the layer has none. */
const weightOr = (use: LayerUse, name: string, size: number, otherwise: number): Float32Array<ArrayBuffer> =>
  use.weights.get(name)?.values.slice() ?? new Float32Array(size).fill(otherwise);

/** With the moving averages, as in inference. */
export const writeBatchNorm: LayerWriter = (use, graph) => {
  const { epsilon, size } = overLastAxis(use);
  const input = inputOf(use);
  const gamma = weightOr(use, 'gamma', size, 1);
  const beta = weightOr(use, 'beta', size, 0);
  const mean = weightOr(use, 'moving_mean', size, 0);
  const variance = weightOr(use, 'moving_variance', size, 1);
  if (isPicture(input) || input.shape.length === 1) {
    const constants = [
      graph.floats('gamma', gamma, [size]),
      graph.floats('beta', beta, [size]),
      graph.floats('mean', mean, [size]),
      graph.floats('variance', variance, [size]),
    ];
    const norm = graph.node('BatchNormalization', [input.name, ...constants], { epsilon: float(epsilon) });
    return { name: norm, shape: input.shape };
  }
  // ONNX knows such a norm along the second axis only.
  const factors = gamma.map((value, i) => value / Math.sqrt((variance[i] ?? 1) + epsilon));
  const offsets = beta.map((value, i) => value - (mean[i] ?? 0) * (factors[i] ?? 1));
  const scaled = graph.node('Mul', [input.name, graph.floats('factors', factors, [size])]);
  const shifted = graph.node('Add', [scaled, graph.floats('offsets', offsets, [size])]);
  return { name: shifted, shape: input.shape };
};

export const writeLayerNorm: LayerWriter = (use, graph) => {
  const { epsilon, size } = overLastAxis(use);
  const input = inputOf(use);
  const gamma = graph.floats('gamma', weightOr(use, 'gamma', size, 1), [size]);
  const beta = graph.floats('beta', weightOr(use, 'beta', size, 0), [size]);
  const norm = graph.node('LayerNormalization', [channelsLastOf(input, graph), gamma, beta], {
    axis: int(-1),
    epsilon: float(epsilon),
  });
  return fromChannelsLast(norm, input.shape, graph);
};
