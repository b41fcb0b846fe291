// Golden numbers for MobileFaceNet on pictures that are formulas. The network is evaluated here in float64 by the
// plainest loops, straight from the parts of the graph: no TensorFlow.js, no Layers model, nothing to be circular.

import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { mobileFaceNetParts } from './mobilefacenet-parts.mjs';

const SIZE = 112;
const SHOWN = 16;

/** @typedef {{height: number, width: number, channels: number, data: Float64Array}} Volume */

/** @type {Record<string, (y: number, x: number, c: number) => number>} integers 0..255 of y, x in 0..111, c in 0..2 */
const INPUTS = {
  ramp: (y, x, c) => (y * 7 + x * 13 + c * 29) % 256,
  bowl: (y, x, c) => 255 - Math.floor(((x - 56) ** 2 + (y - 50) ** 2) / 32) - c * 20,
  slope: (y, x, c) => (x + y + c * 8) % 256,
};

/**
 * @param {import('./graph-model.mjs').Graph} graph
 * @param {string} path
 */
export function writeGolden(graph, path) {
  const parts = mobileFaceNetParts(graph);
  const round = (/** @type {number} */ value) => Number(value.toPrecision(9));
  const cases = Object.entries(INPUTS).map(([name, pixel]) => {
    const embedding = Array.from(evaluate(parts, picture(pixel)));
    return {
      name,
      formula: pixel.toString().split('=> ')[1],
      first: embedding.slice(0, SHOWN).map(round),
      norm: round(Math.hypot(...embedding)),
    };
  });
  const golden = {
    about:
      'MobileFaceNet, raw embedding before L2 normalisation, evaluated in float64 by scripts/convert-models/golden.mjs, ' +
      'not by the Layers model. Pixel [y][x][c] is the formula (JavaScript, integers 0..255); the input of the ' +
      'network is (pixel - 127.5) / 128. `first` holds embedding[0..15], `norm` the L2 norm of all 192 values.',
    inputShape: [SIZE, SIZE, 3],
    cases,
  };
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, `${JSON.stringify(golden, null, 2)}\n`);
}

/**
 * @param {(y: number, x: number, c: number) => number} pixel
 * @returns {Volume}
 */
function picture(pixel) {
  const data = new Float64Array(SIZE * SIZE * 3);
  for (let y = 0; y < SIZE; y++) {
    for (let x = 0; x < SIZE; x++) {
      for (let c = 0; c < 3; c++) {
        const value = pixel(y, x, c);
        if (!Number.isInteger(value) || value < 0 || value > 255) throw new Error(`no pixel value: ${value}`);
        data[(y * SIZE + x) * 3 + c] = (value - 127.5) / 128;
      }
    }
  }
  return { height: SIZE, width: SIZE, channels: 3, data };
}

/**
 * @param {ReturnType<typeof mobileFaceNetParts>} parts
 * @param {Volume} input
 * @returns {Float64Array}
 */
function evaluate(parts, input) {
  /** @type {Volume[]} */
  const outputs = [];
  let last = input;
  for (const part of parts) {
    if (part.kind === 'add') {
      const other = outputs[part.from].data;
      last = { ...last, data: last.data.map((value, i) => value + other[i]) };
    } else {
      last = convolve(last, part);
      if (part.alpha) prelu(last, part.alpha);
    }
    outputs.push(last);
  }
  return last.data;
}

/**
 * out[i,j,k] = bias[k] + sum over the window and, unless depthwise, over the input channels.
 * With `same` padding the missing cells are zero, one more of them after than before when their number is odd.
 *
 * @param {Volume} input
 * @param {Pick<import('./mobilefacenet-parts.mjs').Conv, 'kind' | 'kernel' | 'bias' | 'stride' | 'padding'>} part
 * @returns {Volume}
 */
export function convolve(input, { kind, kernel, bias, stride, padding }) {
  const [kernelHeight, kernelWidth, kernelIn, kernelOut] = kernel.shape;
  const channels = bias.data.length;
  const [height, top] = extent(input.height, kernelHeight, stride, padding);
  const [width, left] = extent(input.width, kernelWidth, stride, padding);
  const data = new Float64Array(height * width * channels);
  for (let i = 0; i < height; i++) {
    for (let j = 0; j < width; j++) {
      const to = (i * width + j) * channels;
      for (let k = 0; k < channels; k++) data[to + k] = bias.data[k];
      for (let u = 0; u < kernelHeight; u++) {
        for (let v = 0; v < kernelWidth; v++) {
          const y = i * stride + u - top;
          const x = j * stride + v - left;
          if (y < 0 || y >= input.height || x < 0 || x >= input.width) continue;
          const from = (y * input.width + x) * input.channels;
          const tap = (u * kernelWidth + v) * kernelIn * kernelOut;
          if (kind === 'depthwise') {
            for (let k = 0; k < channels; k++) data[to + k] += input.data[from + k] * kernel.data[tap + k];
          } else {
            for (let c = 0; c < kernelIn; c++) {
              const value = input.data[from + c];
              for (let k = 0; k < channels; k++) data[to + k] += value * kernel.data[tap + c * kernelOut + k];
            }
          }
        }
      }
    }
  }
  return { height, width, channels, data };
}

/**
 * @param {number} size
 * @param {number} kernel
 * @param {number} stride
 * @param {'same' | 'valid'} padding
 * @returns {[size: number, before: number]}
 */
function extent(size, kernel, stride, padding) {
  if (padding === 'valid') return [Math.ceil((size - kernel + 1) / stride), 0];
  const out = Math.ceil(size / stride);
  return [out, Math.floor(Math.max(0, (out - 1) * stride + kernel - size) / 2)];
}

/**
 * @param {Volume} volume changed in place
 * @param {Float32Array} alpha
 */
function prelu({ channels, data }, alpha) {
  for (let i = 0; i < data.length; i++) if (data[i] < 0) data[i] *= alpha[i % channels];
}
