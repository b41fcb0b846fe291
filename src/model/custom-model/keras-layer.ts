import { z } from 'zod';
import { ProblemError } from '../../lib/problem.ts';

export type Json = Readonly<Record<string, unknown>>;

export const isRecord = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** A layer, or a network within a network, as JSON of Keras describes it. */
export const kerasLayer = z.object({
  class_name: z.string().max(200),
  /** Before Keras 2.2 that of a Sequential was the list of its layers. */
  config: z.preprocess(
    (value) => (Array.isArray(value) ? { layers: value } : value),
    z.record(z.string(), z.unknown()),
  ),
  name: z.string().max(1000).optional(),
  inbound_nodes: z.array(z.unknown()).optional(),
  /** Keras 3: where the class comes from. */
  module: z.string().max(200).nullish(),
  /** Keras 3: what it was built with. */
  build_config: z.unknown().optional(),
});
export type KerasLayer = z.infer<typeof kerasLayer>;

/**
 * A description read by a schema.
 *
 * @param wrong says that it is none, without what of it: "x describes no network"
 * @throws ProblemError that says what of it is not as it should be
 */
export function parsedBy<T>(schema: z.ZodType<T>, value: unknown, wrong: string, remedy: string): T {
  try {
    return schema.parse(value);
  } catch (thrown) {
    if (!(thrown instanceof z.ZodError)) throw thrown;
    const issue = thrown.issues[0];
    const where = issue?.path.map(String).join('.') || 'all of it';
    throw new ProblemError(`${wrong} (${where}: ${issue?.message}).`, remedy);
  }
}

const NETWORKS = new Set(['Functional', 'Model', 'Sequential']);
export const isNetwork = ({ class_name: kind }: KerasLayer): boolean => NETWORKS.has(kind);

export const nameOf = ({ name, config }: KerasLayer): string => name ?? String(config['name'] ?? '');

export const unsupported = (what: string): ProblemError =>
  new ProblemError(
    `The network ${what}, which TensorFlow.js cannot compute.`,
    'Use a model made of standard layers.',
  );

/** Keras' names of activations that TensorFlow.js has under another one. */
const ACTIVATIONS: Readonly<Record<string, string>> = { silu: 'swish', log_softmax: 'logSoftmax' };
/** Those of TensorFlow.js. Keras' `hard_sigmoid` is another function since Keras 3, so it is not `hardSigmoid`. */
const KNOWN_ACTIVATIONS = new Set(
  `elu selu relu relu6 linear sigmoid hardSigmoid softplus softsign tanh softmax logSoftmax swish mish gelu gelu_new`.split(
    ' ',
  ),
);

/** Initialisers, regularisers and constraints. */
const PART = /_(initializer|regularizer|constraint)$/;
const PARTS: Readonly<Record<string, string>> = {
  LecunNormal: 'LeCunNormal',
  LecunUniform: 'LeCunUniform',
  // That of the library fails where only its core is loaded, and takes minutes for large kernels.
  Orthogonal: 'GlorotUniform',
  OrthogonalInitializer: 'GlorotUniform',
  IdentityInitializer: 'Identity',
  L1: 'L1L2',
  L2: 'L1L2',
};

/** Layers that do nothing outside training, or nothing at all. Pictures are augmented by the training itself. */
const IDLE = new Set(
  `Identity ActivityRegularization RandomFlip RandomRotation RandomZoom RandomTranslation RandomBrightness
  RandomContrast`.split(/\s+/),
);

/**
 * A layer in the form of Keras 2, which TensorFlow.js 4.22 reads; one that is in that form already comes back the same.
 * Where the library has no such layer but others that compute the same, it is those, the last of them with its name.
 *
 * @param channels of its input; null: unknown
 * @throws ProblemError for what the library would compute otherwise, or not at all
 */
export function convertLayer(layer: KerasLayer, channels: number | null): [KerasLayer, ...KerasLayer[]] {
  const { class_name: kind } = layer;
  const name = nameOf(layer);
  const config = convertedConfig(layer.config);
  const named = (class_name: string, changed: Json = config): KerasLayer => ({
    class_name,
    config: { ...changed, name },
    name,
  });
  if (IDLE.has(kind)) return [named('Activation', { activation: 'linear' })];
  switch (kind) {
    case 'InputLayer': {
      const { batch_shape: shape, ...others } = config;
      if (shape === undefined) return [named(kind)];
      return [named(kind, { ...others, batch_input_shape: shape, dtype: 'float32' })];
    }
    case 'LeakyReLU':
      return [named(kind, { ...config, alpha: config['alpha'] ?? config['negative_slope'] ?? 0.3 })];
    case 'ReLU':
      return [rectified(config, named)];
    case 'SpatialDropout2D':
      return [named('Dropout', { rate: config['rate'], noise_shape: [null, 1, 1, null] })];
    case 'GlobalAveragePooling2D':
    case 'GlobalMaxPooling2D': {
      if (config['keepdims'] !== true || channels === null) return [named(kind)];
      const pooled = `${name}_pooled`;
      const pool = { class_name: kind, config: { ...config, name: pooled }, name: pooled };
      return [pool, named('Reshape', { target_shape: [1, 1, channels] })];
    }
    case 'Conv1D':
    case 'Conv2D':
      if (typeof config['groups'] === 'number' && config['groups'] > 1) {
        throw unsupported(`has a grouped convolution ("${name.slice(0, 80)}")`);
      }
      return [named(kind)];
    default:
      return [named(kind)];
  }
}

/** Keras' ReLU has a slope below its threshold, that of TensorFlow.js only an upper limit. */
function rectified(config: Json, named: (kind: string, config?: Json) => KerasLayer): KerasLayer {
  const [slope, threshold] = [Number(config['negative_slope'] ?? 0), Number(config['threshold'] ?? 0)];
  if (slope === 0 && threshold === 0) return named('ReLU');
  const unlimited = (config['max_value'] ?? null) === null;
  if (unlimited && threshold === 0) return named('LeakyReLU', { alpha: slope });
  if (unlimited && slope === 0) return named('ThresholdedReLU', { theta: threshold });
  throw unsupported('has a ReLU with a slope and a limit at once');
}

/** Of all layers: data types by their name, activations, initialisers, regularisers and constraints. */
function convertedConfig(config: Json): Json {
  const entries = Object.entries(config).map(([key, value]): [string, unknown] => {
    if (key === 'activation') return [key, activation(value)];
    if (key === 'dtype' && isRecord(value)) return [key, 'float32'];
    return [key, PART.test(key) && isRecord(value) ? part(value) : value];
  });
  return Object.fromEntries(entries);
}

function activation(value: unknown): unknown {
  // Keras 3 writes a function that it knows as its name, or as {class_name: 'function', config: its name}.
  const given = isRecord(value) && value['class_name'] === 'function' ? value['config'] : value;
  if (given === null || given === undefined) return 'linear';
  const name = typeof given === 'string' && Object.hasOwn(ACTIVATIONS, given) ? ACTIVATIONS[given] : given;
  if (typeof name === 'string' && KNOWN_ACTIVATIONS.has(name)) return name;
  const called = isRecord(given) ? given['class_name'] : given;
  throw unsupported(`uses the activation "${String(called).slice(0, 60)}"`);
}

function part({ class_name: kind, config }: Json): Json {
  const given = isRecord(config) ? config : {};
  const seed = 'seed' in given ? { seed: typeof given['seed'] === 'number' ? given['seed'] : null } : {};
  const penalty = kind === 'L1' ? { l2: 0 } : kind === 'L2' ? { l1: 0 } : {};
  const class_name = typeof kind === 'string' && Object.hasOwn(PARTS, kind) ? PARTS[kind] : kind;
  return { class_name, config: { ...given, ...seed, ...penalty } };
}
