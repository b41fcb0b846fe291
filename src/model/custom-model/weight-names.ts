import type * as tfl from '@tensorflow/tfjs-layers';

/** Kernels that Keras 3 calls just `kernel`. */
const KERNELS: Readonly<Record<string, string>> = { DepthwiseConv2D: 'depthwise_kernel' };

/**
 * The names by which a network calls its weights, for those by which its files do. Files of Keras 3 put the names of networks
 * in front (`sequential/dense/kernel`), those of TensorFlow 2.2 and later a cell into the middle (`rnn/cell/kernel`), and
 * the converter from `.keras` numbers the weights of a layer (`dense/0`).
 *
 * @returns a name that the network does not know comes back as it is
 */
export function weightNames(layers: readonly tfl.layers.Layer[]): (name: string) => string {
  const known = new Map<string, string>();
  for (const layer of layers) {
    layer.weights.forEach(({ originalName }, i) => {
      known.set(originalName, originalName);
      known.set(`${layer.name}/${i}`, originalName);
    });
    const kernel = KERNELS[layer.getClassName()];
    if (kernel !== undefined) known.set(`${layer.name}/kernel`, `${layer.name}/${kernel}`);
  }
  return (name) => {
    const parts = name.split('/');
    for (let from = 0; from < parts.length - 1; from++) {
      const found = known.get(parts.slice(from).join('/'));
      if (found !== undefined) return found;
    }
    return known.get([...parts.slice(0, -2), ...parts.slice(-1)].join('/')) ?? name;
  };
}
