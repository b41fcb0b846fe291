// Reads the weights of the upstream network: float32, or one byte each with a scale and an offset.

/** @typedef {{shape: number[], data: Float32Array}} Weight */

/**
 * @param {Buffer} manifest
 * @param {Buffer} bin
 * @returns {Map<string, Weight>}
 */
export function readWeights(manifest, bin) {
  const weights = new Map();
  let offset = 0;
  for (const { name, shape, dtype, quantization } of JSON.parse(manifest.toString('utf8'))[0].weights) {
    if (dtype !== 'float32') throw new Error(`${name}: ${dtype}`);
    const size = shape.reduce((a, b) => a * b, 1);
    if (quantization && quantization.dtype !== 'uint8') throw new Error(`${name}: ${quantization.dtype}`);
    const start = offset;
    const value = quantization
      ? (_, i) => bin[start + i] * quantization.scale + quantization.min
      : (_, i) => bin.readFloatLE(start + 4 * i);
    weights.set(name, { shape, data: Float32Array.from({ length: size }, value) });
    offset += size * (quantization ? 1 : 4);
  }
  if (offset !== bin.length) throw new Error(`weights end at byte ${offset} of ${bin.length}`);
  return weights;
}

/**
 * @param {Map<string, Weight>} weights
 * @param {string} name
 * @returns {Weight}
 */
export function weight(weights, name) {
  const found = weights.get(name);
  if (!found) throw new Error(`there is no weight ${name}`);
  return found;
}
