// dlib's face recognition network, written as a Layers model. Input `image` [B,150,150,3], output `embedding` [B,128].

import { LayersModel } from '../convert-models/layers-model.mjs';
import { BLOCKS, DIVISOR, EDGE, MEAN } from './blocks.mjs';
import { weight } from './weights.mjs';

/** As for every network of this program: (pixel - 127.5) / 128. */
const OURS = { mean: 127.5, divisor: 128 };

/** @typedef {import('./weights.mjs').Weight} Weight */

/** @param {Map<string, Weight>} weights */
export function convertDlib(weights) {
  const model = new LayersModel('dlib_resnet');
  const relu = (/** @type {string} */ name, /** @type {string} */ from) =>
    model.layer('ReLU', name, [from], { max_value: null });
  let last = model.input('image', [EDGE, EDGE, 3]);
  const first = fromOurRange(folded(weights, 'conv32_down'));
  last = model.conv('conv32_down', last, { ...first, stride: 2, padding: 'valid', activation: 'relu' });
  last = model.layer('MaxPooling2D', 'pool', [last], pooling(3, 2));
  let edge = 35;
  let channels = 32;
  for (const { name, down } of BLOCKS) {
    const one = folded(weights, `${name}/conv1`);
    const two = folded(weights, `${name}/conv2`);
    const filters = two.bias.data.length;
    const window = down ? { stride: 2, padding: 'valid' } : {};
    let other = last;
    let main = model.conv(`${name}_1`, last, { ...one, ...window, activation: 'relu' });
    main = model.conv(`${name}_2`, main, two);
    if (down) {
      other = model.layer('AveragePooling2D', `${name}_pool`, [last], pooling(2, 2));
      if (filters !== channels) other = widen(model, `${name}_widen`, other, channels, filters);
      const pooled = Math.floor(edge / 2);
      const missing = pooled - Math.floor((edge - 1) / 2);
      if (missing > 0) main = padEnd(model, `${name}_pad`, main, missing);
      edge = pooled;
      channels = filters;
    }
    last = relu(`${name}_relu`, model.layer('Add', `${name}_add`, [main, other]));
  }
  last = model.layer('GlobalAveragePooling2D', 'features', [last], { data_format: 'channels_last' });
  const kernel = weight(weights, 'fc');
  const units = kernel.shape[1];
  last = model.layer(
    'Dense',
    'embedding',
    [last],
    { units, use_bias: true, activation: 'linear' },
    { kernel, bias: { shape: [units], data: new Float32Array(units) } },
  );
  return model.finish([last], { half: true });
}

/**
 * A convolution with the scale layer behind it as one: w (K x + b) + c = (w K) x + (w b + c), for each channel.
 *
 * @param {Map<string, Weight>} weights
 * @param {string} name
 */
function folded(weights, name) {
  const filters = weight(weights, `${name}/conv/filters`);
  const bias = weight(weights, `${name}/conv/bias`).data;
  const scale = weight(weights, `${name}/scale/weights`).data;
  const shift = weight(weights, `${name}/scale/biases`).data;
  const count = scale.length;
  return {
    kernel: {
      shape: filters.shape,
      data: Float64Array.from(filters.data, (value, i) => value * scale[i % count]),
    },
    bias: { shape: [count], data: Float64Array.from(shift, (value, k) => value + bias[k] * scale[k]) },
  };
}

/**
 * Takes the change of range into the first convolution, which is exact since it does not pad: from x = (p - 127.5) / 128
 * to (p - mean) / 255 with a mean for each colour.
 *
 * @param {ReturnType<typeof folded>} convolution
 */
function fromOurRange({ kernel, bias }) {
  const [, , colours, count] = kernel.shape;
  const data = Float64Array.from(bias.data);
  kernel.data.forEach((value, i) => {
    const colour = Math.floor(i / count) % colours;
    data[i % count] += (value * (OURS.mean - MEAN[colour])) / DIVISOR;
  });
  return {
    kernel: { ...kernel, data: kernel.data.map((value) => (value * OURS.divisor) / DIVISOR) },
    bias: { ...bias, data },
  };
}

/**
 * More channels, the new ones 0, for which there is no layer: a 1x1 convolution with the identity, which is not trained.
 *
 * @param {LayersModel} model
 * @param {string} name
 * @param {string} from
 * @param {number} channels
 * @param {number} filters
 */
function widen(model, name, from, channels, filters) {
  const data = Float32Array.from({ length: channels * filters }, (_, i) =>
    Math.floor(i / filters) === i % filters ? 1 : 0,
  );
  return model.conv(name, from, { kernel: { shape: [1, 1, channels, filters], data }, trainable: false });
}

/**
 * @param {LayersModel} model
 * @param {string} name
 * @param {string} from
 * @param {number} pixels zeros below and to the right
 */
function padEnd(model, name, from, pixels) {
  const padding = [
    [0, pixels],
    [0, pixels],
  ];
  return model.layer('ZeroPadding2D', name, [from], { padding, data_format: 'channels_last' });
}

const pooling = (/** @type {number} */ size, /** @type {number} */ stride) => ({
  pool_size: [size, size],
  strides: [stride, stride],
  padding: 'valid',
  data_format: 'channels_last',
});
