// Golden numbers for dlib's network on pictures that are formulas: float64, plain loops, the upstream weights as they
// are (nothing folded, upstream's range), no TensorFlow.js and no Layers model.

import { convolve } from '../convert-models/golden.mjs';
import { BLOCKS, DIVISOR, EDGE, MEAN } from './blocks.mjs';
import { weight } from './weights.mjs';

const SHOWN = 16;

/** @typedef {import('../convert-models/golden.mjs').Volume} Volume */
/** @typedef {Map<string, import('./weights.mjs').Weight>} Weights */

/** @type {Record<string, (y: number, x: number, c: number) => number>} integers 0..255 of y, x in 0..149, c in 0..2 */
const INPUTS = {
  ramp: (y, x, c) => (y * 7 + x * 13 + c * 29) % 256,
  bowl: (y, x, c) => 255 - Math.floor(((x - 75) ** 2 + (y - 67) ** 2) / 60) - c * 20,
  slope: (y, x, c) => (x + y + c * 8) % 256,
};

/** @param {Weights} weights */
export function goldenOf(weights) {
  const round = (/** @type {number} */ value) => Number(value.toPrecision(9));
  return {
    about:
      "dlib's face recognition network, raw embedding, evaluated in float64 by scripts/convert-dlib/golden.mjs from the " +
      'upstream weights, not by the Layers model. Pixel [y][x][c] is the formula (JavaScript, integers 0..255). ' +
      '`first` holds embedding[0..15], `norm` the L2 norm of all 128 values.',
    inputShape: [EDGE, EDGE, 3],
    cases: Object.entries(INPUTS).map(([name, pixel]) => {
      const embedding = Array.from(evaluate(weights, picture(pixel)));
      return {
        name,
        formula: pixel.toString().split('=> ')[1],
        first: embedding.slice(0, SHOWN).map(round),
        norm: round(Math.hypot(...embedding)),
      };
    }),
  };
}

/**
 * @param {(y: number, x: number, c: number) => number} pixel
 * @returns {Volume}
 */
function picture(pixel) {
  const data = Float64Array.from({ length: EDGE * EDGE * 3 }, (_, i) => {
    const value = pixel(Math.floor(i / (3 * EDGE)), Math.floor(i / 3) % EDGE, i % 3);
    if (!Number.isInteger(value) || value < 0 || value > 255) throw new Error(`no pixel value: ${value}`);
    return (value - MEAN[i % 3]) / DIVISOR;
  });
  return { height: EDGE, width: EDGE, channels: 3, data };
}

/**
 * @param {Weights} weights
 * @param {Volume} input
 */
function evaluate(weights, input) {
  const layer = (/** @type {Volume} */ from, /** @type {string} */ name, /** @type {boolean} */ down) => {
    const made = convolve(from, {
      kind: 'conv',
      kernel: weight(weights, `${name}/conv/filters`),
      bias: weight(weights, `${name}/conv/bias`),
      stride: down ? 2 : 1,
      padding: down ? 'valid' : 'same',
    });
    const [factors, shifts] = ['weights', 'biases'].map(
      (kind) => weight(weights, `${name}/scale/${kind}`).data,
    );
    return map(made, (value, k) => value * factors[k] + shifts[k]);
  };
  let last = pool(relu(layer(input, 'conv32_down', true)), 3, (values) => Math.max(...values));
  for (const { name, down } of BLOCKS) {
    const main = layer(relu(layer(last, `${name}/conv1`, down)), `${name}/conv2`, false);
    const other = down ? pool(last, 2, (values) => values.reduce((a, b) => a + b, 0) / values.length) : last;
    last = relu(sum(main, other));
  }
  const { shape, data } = weight(weights, 'fc');
  const pixels = last.height * last.width;
  const embedding = new Float64Array(shape[1]);
  last.data.forEach((value, i) => {
    for (let d = 0; d < embedding.length; d++) {
      embedding[d] += (value / pixels) * data[(i % last.channels) * embedding.length + d];
    }
  });
  return embedding;
}

/**
 * @param {Volume} volume
 * @param {(value: number, channel: number) => number} change
 * @returns {Volume}
 */
const map = (volume, change) => ({
  ...volume,
  data: volume.data.map((value, i) => change(value, i % volume.channels)),
});

const relu = (/** @type {Volume} */ volume) => map(volume, (value) => Math.max(value, 0));

/**
 * @param {Volume} from
 * @param {number} size
 * @param {(values: number[]) => number} of
 * @returns {Volume} with stride 2, and without the rest at the end that fills no window
 */
function pool({ height, width, channels, data }, size, of) {
  const [down, across] = [height, width].map((edge) => Math.floor((edge - size) / 2) + 1);
  const cells = Array.from({ length: size * size }, (_, i) => [Math.floor(i / size), i % size]);
  const pooled = Float64Array.from({ length: down * across * channels }, (_, i) => {
    const [y, x] = [Math.floor(i / channels / across), Math.floor(i / channels) % across];
    return of(cells.map(([u, v]) => data[((2 * y + u) * width + 2 * x + v) * channels + (i % channels)]));
  });
  return { height: down, width: across, channels, data: pooled };
}

/**
 * The sum where both have a number; where one is smaller or has fewer channels it counts as 0 there.
 *
 * @param {Volume} a
 * @param {Volume} b
 * @returns {Volume}
 */
function sum(a, b) {
  const [height, width, channels] = ['height', 'width', 'channels'].map((side) => Math.max(a[side], b[side]));
  const data = new Float64Array(height * width * channels);
  for (const part of [a, b]) {
    part.data.forEach((value, i) => {
      const [row, c] = [Math.floor(i / part.channels), i % part.channels];
      data[(Math.floor(row / part.width) * width + (row % part.width)) * channels + c] += value;
    });
  }
  return { height, width, channels, data };
}
