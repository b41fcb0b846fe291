import type * as tf from '@tensorflow/tfjs-core';

/** Updates weights by their gradients. Its state lies on the backend until disposed of. */
export interface Optimiser {
  /**
   * Must be called before each step: what differs from step to step, so that {@link apply} can be recorded and replayed.
   *
   * @param rate learning rate
   */
  prepare(rate: number): void;
  /**
   * @param gradients by the name of the variable; they are disposed of
   * @param clipNorm largest norm of all gradients together; 0: any
   */
  apply(gradients: tf.NamedTensorMap, clipNorm: number): void;
  /** The state that it keeps for a weight, each of the weight's shape. */
  slotsOf(weight: tf.Variable): readonly tf.Variable[];
  /** Resets the state to its start. */
  reset(): void;
  dispose(): void;
}
