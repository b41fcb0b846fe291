import * as tf from '@tensorflow/tfjs-core';

/**
 * An operation that defines its gradient. tf.customGrad types its inputs, its saver and its result loosely; the
 * casts that this needs are made here, once.
 *
 * What `forward` makes and `backward` needs must be saved: everything else is disposed of by then, also shared constants
 * and inputs that were made inside the differentiated function.
 *
 * @param inputs what is differentiated for; `forward` and `backward` refer to them by their names
 * @param forward value, and what the gradient needs of the computation
 * @param backward a gradient for every input from the gradient for the value and what was saved
 */
export function customOpOf<T extends tf.Tensor>(
  inputs: readonly tf.Tensor[],
  forward: () => { readonly value: T; readonly saved: readonly tf.Tensor[] },
  backward: (dy: T, saved: readonly tf.Tensor[]) => tf.Tensor[],
): T {
  const op = tf.customGrad<T>((...args) => {
    const save = args.at(-1) as (tensors: tf.Tensor[]) => void;
    const { value, saved } = forward();
    save([...saved]);
    return { value, gradFunc: (dy, kept) => tf.tidy(() => backward(dy as T, kept)) };
  });
  return op(...inputs);
}

/** As {@link customOpOf}, of one matrix. */
export function customOp<T extends tf.Tensor>(
  input: tf.Tensor2D,
  forward: (x: tf.Tensor2D) => { readonly value: T; readonly saved: readonly tf.Tensor2D[] },
  backward: (dy: T, saved: readonly tf.Tensor2D[]) => tf.Tensor,
): T {
  return customOpOf<T>(
    [input],
    () => forward(input),
    (dy, saved) => [backward(dy, saved as readonly tf.Tensor2D[])],
  );
}
