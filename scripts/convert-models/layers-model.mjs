// Writes a TensorFlow.js Layers model: the topology as `model.json`, the weights as one float32 file.

/**
 * @typedef {{shape: number[], data: ArrayLike<number>}} Weight
 * @typedef {{name: string, weights: string[]}} Layer
 */

/** Collects layers in order; every method returns the layer's name, to be the input of the next. */
export class LayersModel {
  /** @type {object[]} */
  #layers = [];
  /** @type {{name: string, shape: number[], data: Float32Array}[]} */
  #weights = [];
  #name;
  #input = '';

  /** @param {string} name */
  constructor(name) {
    this.#name = name;
  }

  /**
   * @param {string} name
   * @param {number[]} shape without the batch axis
   */
  input(name, shape) {
    this.#input = name;
    return this.layer('InputLayer', name, [], {
      batch_input_shape: [null, ...shape],
      dtype: 'float32',
      sparse: false,
    });
  }

  /**
   * @param {string} className
   * @param {string} name
   * @param {string[]} inputs
   * @param {object} config
   * @param {Record<string, Weight>} weights in the order in which the layer creates them
   */
  layer(className, name, inputs, config = {}, weights = {}) {
    this.#layers.push({
      class_name: className,
      config: { name, trainable: true, ...config },
      name,
      inbound_nodes: inputs.length > 0 ? [inputs.map((from) => [from, 0, 0, {}])] : [],
    });
    for (const [key, { shape, data }] of Object.entries(weights)) {
      const size = shape.reduce((a, b) => a * b, 1);
      if (size !== data.length) throw new Error(`${name}/${key}: ${data.length} numbers for [${shape}]`);
      this.#weights.push({ name: `${name}/${key}`, shape, data: Float32Array.from(data) });
    }
    return name;
  }

  /**
   * @param {string} name
   * @param {string} from
   * @param {{kernel: Weight, bias?: Weight, stride?: number, padding?: 'same' | 'valid', activation?: string, trainable?: boolean}} spec
   */
  conv(name, from, { kernel, bias, stride = 1, padding = 'same', activation = 'linear', trainable = true }) {
    const [height, width, , filters] = kernel.shape;
    const config = {
      filters,
      ...window2d([height, width], stride, padding),
      use_bias: bias !== undefined,
      activation,
      trainable,
    };
    return this.layer('Conv2D', name, [from], config, { kernel, ...(bias && { bias }) });
  }

  /**
   * @param {string} name
   * @param {string} from
   * @param {{kernel: Weight, bias?: Weight, stride?: number, padding?: 'same' | 'valid'}} spec
   */
  depthwise(name, from, { kernel, bias, stride = 1, padding = 'same' }) {
    const [height, width, , multiplier] = kernel.shape;
    const window = window2d([height, width], stride, padding);
    const config = {
      depth_multiplier: multiplier,
      ...window,
      use_bias: bias !== undefined,
      activation: 'linear',
    };
    return this.layer('DepthwiseConv2D', name, [from], config, {
      depthwise_kernel: kernel,
      ...(bias && { bias }),
    });
  }

  /**
   * PReLU with one slope a channel.
   *
   * @param {string} name
   * @param {string} from
   * @param {ArrayLike<number>} alpha
   */
  prelu(name, from, alpha) {
    return this.layer(
      'PReLU',
      name,
      [from],
      { shared_axes: [1, 2] },
      { alpha: { shape: [1, 1, alpha.length], data: alpha } },
    );
  }

  /**
   * @param {string[]} outputs names of the output layers
   * @param {{half?: boolean}} options half: two bytes a weight, which TensorFlow.js widens again when it loads them
   * @returns {{json: Buffer, bin: Buffer, parameters: number}}
   */
  finish(outputs, { half = false } = {}) {
    const stored = { dtype: 'float32', ...(half && { quantization: { dtype: 'float16' } }) };
    const ends = (/** @type {string[]} */ names) => names.map((name) => [name, 0, 0]);
    const model = {
      format: 'layers-model',
      generatedBy: 'arcface-studio scripts/convert-models',
      convertedBy: null,
      modelTopology: {
        class_name: 'Model',
        config: {
          name: this.#name,
          layers: this.#layers,
          input_layers: ends([this.#input]),
          output_layers: ends(outputs),
        },
        keras_version: 'tfjs-layers 4.22.0',
        backend: 'tensor_flow.js',
      },
      weightsManifest: [
        {
          paths: ['weights.bin'],
          weights: this.#weights.map(({ name, shape }) => ({ name, shape, ...stored })),
        },
      ],
    };
    return {
      json: Buffer.from(`${JSON.stringify(model)}\n`),
      bin: Buffer.concat(this.#weights.map(({ data }) => (half ? halves(data) : littleEndian(data)))),
      parameters: this.#weights.reduce((sum, { data }) => sum + data.length, 0),
    };
  }
}

/**
 * @param {number[]} kernelSize
 * @param {number} stride
 * @param {'same' | 'valid'} padding
 */
function window2d(kernelSize, stride, padding) {
  return {
    kernel_size: kernelSize,
    strides: [stride, stride],
    padding,
    data_format: 'channels_last',
    dilation_rate: [1, 1],
  };
}

/** @param {Float32Array} values */
function littleEndian(values) {
  const bytes = Buffer.alloc(4 * values.length);
  values.forEach((value, i) => {
    bytes.writeFloatLE(value, 4 * i);
  });
  return bytes;
}

/**
 * IEEE 754 half precision, rounded to the nearest, ties to even.
 *
 * @param {Float32Array} values
 */
function halves(values) {
  const bytes = Buffer.alloc(2 * values.length);
  values.forEach((value, i) => {
    bytes.writeUInt16LE(halfBits(value), 2 * i);
  });
  return bytes;
}

/** @param {number} value */
function halfBits(value) {
  const sign = value < 0 || Object.is(value, -0) ? 0x8000 : 0;
  const size = Math.abs(value);
  if (!(size < 65520)) throw new Error(`${value} does not fit into half precision`);
  // Numbers below 2^-14 are multiples of 2^-24; above, 1,024 steps lie between two powers of 2.
  const exponent = Math.max(-14, Math.floor(Math.log2(size || 2 ** -14)));
  const steps = size / 2 ** (exponent - 10);
  const low = Math.floor(steps);
  const up = steps - low > 0.5 || (steps - low === 0.5 && low % 2 === 1);
  // A carry out of the fraction runs into the exponent, as it should.
  return sign | (((exponent + 14) << 10) + low + (up ? 1 : 0));
}
