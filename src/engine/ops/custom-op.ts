import * as tf from '@tensorflow/tfjs-core';

/**
 * An operation of one matrix with a gradient of its own. tf.customGrad types its inputs, its saver and its
 * result loosely; the casts that this needs are made here, once.
 *
 * @param forward value, and what the gradient needs of the way there
 * What `forward` makes and `backward` needs must be saved: everything else is gone by then, also constants
 * that the two share if they were made inside the differentiated function.
 *
 * @param backward gradient for the input from the gradient for the value and what was saved
 */
export function customOp<T extends tf.Tensor>(
  input: tf.Tensor2D,
  forward: (x: tf.Tensor2D) => { readonly value: T; readonly saved: readonly tf.Tensor2D[] },
  backward: (dy: T, saved: readonly tf.Tensor2D[]) => tf.Tensor,
): T {
  const op = tf.customGrad<T>((x, save) => {
    const { value, saved } = forward(x as tf.Tensor2D);
    (save as (tensors: tf.Tensor[]) => void)([...saved]);
    return { value, gradFunc: (dy, kept) => tf.tidy(() => backward(dy as T, kept as tf.Tensor2D[])) };
  });
  return op(input);
}
