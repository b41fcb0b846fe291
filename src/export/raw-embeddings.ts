import type * as tf from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';

/**
 * Outputs of a network in inference mode, neither flip-averaged nor normalised.
 *
 * @param faces [F, S, S, 3], as the network takes them
 * @returns [F, D], row by row
 */
export async function rawEmbeddings(model: LayersModel, faces: tf.Tensor4D): Promise<Float32Array> {
  const output = model.apply(faces, { training: false }) as tf.Tensor2D; // one tensor in, one out
  try {
    // On the CPU backend data() may return the backend's array.
    return (await output.data<'float32'>()).slice();
  } finally {
    output.dispose();
  }
}
