import type { Random } from '../../lib/random.ts';

type Json = Readonly<Record<string, unknown>>;

const isRecord = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Initialisers that draw. */
const DRAWN = /^(RandomUniform|RandomNormal|TruncatedNormal|VarianceScaling|Glorot|He|LeCun|Orthogonal)/;

/**
 * A copy of a model's description, made ready to be trained: a free input size set, activity regularisers removed
 * (the library cannot train with them), and for fresh weights a seed for each initialiser.
 *
 * @param seeds null keeps the seeds as they are
 */
export function preparedTopology(topology: Json, inputSize: number | null, seeds: Random | null): Json {
  const sized = inputSize === null ? topology : withInputSize(topology, inputSize);
  const visit = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(visit);
    if (!isRecord(value)) return value;
    const copy: Record<string, unknown> = {};
    for (const [key, inner] of Object.entries(value)) {
      copy[key] = key === 'activity_regularizer' ? null : visit(inner);
    }
    const { class_name: name, config } = copy;
    if (seeds && typeof name === 'string' && DRAWN.test(name) && isRecord(config)) {
      copy['config'] = { ...config, seed: seeds.below(2 ** 31) };
    }
    return copy;
  };
  const result = visit(sized);
  return isRecord(result) ? result : {};
}

/** Sets height and width where the first layer of the network leaves them free. */
function withInputSize(model: Json, size: number): Json {
  const config = model['config'];
  const layers = Array.isArray(config) ? config : isRecord(config) ? config['layers'] : null;
  if (!Array.isArray(layers)) return model;
  const changed = layers.map((layer: unknown, i): unknown => {
    if (!isRecord(layer) || !isRecord(layer['config'])) return layer;
    const shape = layer['config']['batch_input_shape'];
    if (Array.isArray(shape) && shape.length === 4) {
      const fixed = [null, shape[1] ?? size, shape[2] ?? size, shape[3]];
      return { ...layer, config: { ...layer['config'], batch_input_shape: fixed } };
    }
    return i === 0 && 'layers' in layer['config'] ? withInputSize(layer, size) : layer;
  });
  return {
    ...model,
    config: Array.isArray(config) ? changed : { ...(isRecord(config) ? config : {}), layers: changed },
  };
}
