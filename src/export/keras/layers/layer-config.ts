import type { layers } from '@tensorflow/tfjs-layers';
import { z } from 'zod';
import { ProblemError } from '../../../lib/problem.ts';
import type { Dialect, Json } from '../dialect.ts';
import { partConfig } from './part-config.ts';

/** A layer as Keras describes it. */
export interface LayerConfig {
  readonly className: string;
  /** Its arguments but for name, dtype and trainable. Only those that every version of the dialect knows. */
  readonly config: Json;
}

const CONVOLUTION =
  'kernel_size strides padding data_format dilation_rate activation use_bias bias_initializer bias_regularizer bias_constraint';
const KERNEL = 'kernel_initializer kernel_regularizer kernel_constraint';
const POOLING = 'pool_size strides padding data_format';
const SCALED =
  'axis epsilon center scale beta_initializer gamma_initializer beta_regularizer gamma_regularizer';

/** Arguments of the layers that compute the same in Keras under the same name. */
const ARGUMENTS: Readonly<Record<string, string>> = {
  Activation: 'activation',
  Add: '',
  AlphaDropout: 'rate',
  Average: '',
  AveragePooling1D: POOLING,
  AveragePooling2D: POOLING,
  BatchNormalization: `${SCALED} momentum moving_mean_initializer moving_variance_initializer beta_constraint gamma_constraint`,
  Concatenate: 'axis',
  Conv1D: `filters ${CONVOLUTION} ${KERNEL}`,
  Conv2D: `filters ${CONVOLUTION} ${KERNEL}`,
  Conv2DTranspose: `filters ${CONVOLUTION} ${KERNEL}`,
  Cropping2D: 'cropping data_format',
  Dense: `units activation use_bias bias_initializer bias_regularizer bias_constraint ${KERNEL}`,
  // Without its constraint, in whose place the library saves the regulariser.
  DepthwiseConv2D: `${CONVOLUTION} depth_multiplier depthwise_initializer depthwise_regularizer`,
  Dot: 'axes normalize',
  Dropout: 'rate',
  ELU: 'alpha',
  Flatten: 'data_format',
  GaussianDropout: 'rate',
  GaussianNoise: 'stddev',
  GlobalAveragePooling1D: '',
  GlobalAveragePooling2D: 'data_format',
  GlobalMaxPooling1D: '',
  GlobalMaxPooling2D: 'data_format',
  InputLayer: '',
  LayerNormalization: SCALED,
  Masking: 'mask_value',
  MaxPooling1D: POOLING,
  MaxPooling2D: POOLING,
  Maximum: '',
  Minimum: '',
  Multiply: '',
  PReLU: 'alpha_initializer alpha_regularizer alpha_constraint shared_axes',
  Permute: 'dims',
  RepeatVector: 'n',
  Rescaling: 'scale offset',
  Reshape: 'target_shape',
  SeparableConv2D: `filters ${CONVOLUTION} depthwise_initializer pointwise_initializer depthwise_regularizer
     pointwise_regularizer depthwise_constraint pointwise_constraint`,
  Softmax: 'axis',
  SpatialDropout1D: 'rate',
  UpSampling2D: 'size data_format',
  ZeroPadding2D: 'padding data_format',
};

/**
 * A layer of TensorFlow.js in Keras' words. Where Keras has the same under another name, it is that one.
 *
 * @throws ProblemError that names a layer which Keras does not have, or computes otherwise
 */
export function layerConfig(layer: layers.Layer, dialect: Dialect): LayerConfig {
  const kind = layer.getClassName();
  const config: Json = layer.getConfig();
  const refuse = (what: string): ProblemError =>
    new ProblemError(
      `The layer "${layer.name.slice(0, 80)}" ${what}.`,
      'Download the model for TensorFlow.js instead, or use another layer in its place.',
    );
  const named = (className: string, names: string): LayerConfig => ({
    className,
    config: argumentsOf(config, names.split(/\s+/).filter(Boolean), dialect, refuse),
  });
  const rectified = (limit: unknown, threshold: unknown): LayerConfig => ({
    className: 'ReLU',
    config: { max_value: limit ?? null, negative_slope: 0, threshold },
  });
  switch (kind) {
    case 'ReLU':
      return rectified(config['maxValue'], 0);
    case 'ThresholdedReLU': // Keras 3 has none of that name
      return rectified(null, config['theta']);
    case 'LeakyReLU': {
      const slope = dialect === 'keras-3' ? 'negative_slope' : 'alpha';
      return { className: kind, config: { [slope]: config['alpha'] } };
    }
    case 'SeparableConv2D': {
      const { className, config: found } = named(kind, ARGUMENTS[kind] ?? '');
      const multiplier = layer.weights[0]?.shape.at(-1) ?? 1; // which the library does not save
      return { className, config: { ...found, depth_multiplier: multiplier } };
    }
    case 'Dropout':
      return dropout(config, named, refuse);
    case 'UpSampling2D':
      if (config['interpolation'] !== 'nearest') throw refuse('interpolates otherwise than Keras does');
      break;
    default:
  }
  const names = Object.hasOwn(ARGUMENTS, kind) ? ARGUMENTS[kind] : undefined;
  if (names === undefined) {
    throw refuse(`is of the class "${kind.slice(0, 60)}", which Keras does not have or computes otherwise`);
  }
  return named(kind, names);
}

/** Where whole channels are dropped together, it is a layer of its own. */
function dropout(
  config: Json,
  named: (kind: string, names: string) => LayerConfig,
  refuse: (what: string) => ProblemError,
): LayerConfig {
  const shape = config['noiseShape'] ?? null;
  if (shape === null) return named('Dropout', 'rate');
  if (JSON.stringify(shape) === '[null,1,1,null]') return named('SpatialDropout2D', 'rate');
  throw refuse('drops numbers together in a way that Keras has no layer for');
}

/** A number, a word, or lists of them. */
const plain: z.ZodType = z.union([
  z.number(),
  z.string().max(200),
  z.boolean(),
  z.null(),
  z.array(z.lazy(() => plain)).max(1000),
]);

function argumentsOf(
  config: Json,
  names: readonly string[],
  dialect: Dialect,
  refuse: (what: string) => ProblemError,
): Json {
  const found: Record<string, unknown> = {};
  for (const name of names) {
    const value = config[name.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase())];
    if (value !== undefined) found[name] = argument(name, value, dialect, refuse);
  }
  return found;
}

function argument(
  name: string,
  value: unknown,
  dialect: Dialect,
  refuse: (what: string) => ProblemError,
): unknown {
  if (name === 'activation') {
    const known = typeof value === 'string' ? activation(value, dialect) : null;
    if (known === null)
      throw refuse(
        `uses the activation "${String(value).slice(0, 60)}", which Keras does not have or computes otherwise`,
      );
    return known;
  }
  const kind = /_(initializer|regularizer|constraint)$/.exec(name)?.[1];
  if (kind !== undefined) {
    const part = value === null ? null : partConfig(value, `${kind}s`, dialect);
    if (part === undefined) throw refuse(`has a ${kind} that Keras does not have`);
    return part;
  }
  const parsed = plain.safeParse(value);
  if (!parsed.success) throw refuse(`has a setting "${name}" that cannot be written`);
  switch (name) {
    case 'data_format':
      return value === 'channelsFirst' ? 'channels_first' : 'channels_last';
    case 'axis': // files of Keras 2 may hold [3]
      return Array.isArray(value) && value.length === 1 ? value[0] : value;
    case 'target_shape':
      return Array.isArray(value) ? value.map((size) => size ?? -1) : value;
    default:
      return value;
  }
}

/** By their name in TensorFlow.js. Its `hardSigmoid` is another function than Keras 3's, `gelu_new` has no name in Keras. */
const ACTIVATIONS: Readonly<Record<string, string>> = {
  elu: 'elu',
  gelu: 'gelu',
  linear: 'linear',
  logSoftmax: 'log_softmax',
  mish: 'mish',
  relu: 'relu',
  relu6: 'relu6',
  selu: 'selu',
  sigmoid: 'sigmoid',
  softmax: 'softmax',
  softplus: 'softplus',
  softsign: 'softsign',
  swish: 'swish',
  tanh: 'tanh',
};

function activation(name: string, dialect: Dialect): string | null {
  if (name === 'swish' && dialect === 'keras-3') return 'silu';
  return Object.hasOwn(ACTIVATIONS, name) ? (ACTIVATIONS[name] ?? null) : null;
}
