import type { LayersModel } from '@tensorflow/tfjs-layers';
import type { WeightPrecision } from '../../domain/export/weight-precision.ts';
import { fromFloat16Array, toFloat16Array } from '../../lib/binary/float16.ts';
import { unreachable } from '../../lib/unreachable.ts';
import { kerasLayer } from '../../model/custom-model/keras-layer.ts';
import type { StoredWeight } from '../../model/custom-model/weights.ts';
import { buildNetwork, type SavedNetwork, saveNetwork } from '../saved-network.ts';
import { toInt8 } from './int8-network.ts';

/**
 * A network whose weights a file of that precision holds without any further loss. The caller disposes of it, as of the
 * one given, which stays as it is.
 *
 * float16: every weight is the nearest 16-bit float, where none of its tensor is too large for one. int8: see {@link toInt8}.
 */
async function withPrecision(model: LayersModel, precision: WeightPrecision): Promise<LayersModel> {
  return buildNetwork(reduced(await saveNetwork(model), precision));
}

/** Does work with such a network, which is the given one for 32-bit floats, and disposes of it. */
export async function withStoredWeights<T>(
  model: LayersModel,
  precision: WeightPrecision,
  work: (model: LayersModel) => Promise<T>,
): Promise<T> {
  if (precision === 'float32') return work(model);
  const stored = await withPrecision(model, precision);
  try {
    return await work(stored);
  } finally {
    stored.dispose();
  }
}

function reduced(saved: SavedNetwork, precision: WeightPrecision): SavedNetwork {
  const { topology, weights } = saved;
  switch (precision) {
    case 'float32':
      return saved;
    case 'float16':
      return { topology, weights: new Map([...weights].map(([name, weight]) => [name, halved(weight)])) };
    case 'int8': {
      const quantised = toInt8({ topology: kerasLayer.parse(topology), weights });
      return { topology: { ...topology, ...quantised.topology }, weights: quantised.weights };
    }
    default:
      return unreachable(precision);
  }
}

function halved({ shape, values }: StoredWeight): StoredWeight {
  const rounded = fromFloat16Array(toFloat16Array(values));
  return { shape, values: rounded.every(Number.isFinite) ? rounded : values };
}
