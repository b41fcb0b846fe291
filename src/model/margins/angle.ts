import * as tf from '@tensorflow/tfjs-core';

/**
 * Sine below which derivatives stop growing. d f(theta) / d cos(theta) = -f'(theta) / sin(theta) goes to infinity at
 * theta = 0, where d cos(theta) / d embedding goes to 0 as fast. In 32-bit numbers 1 - c^2 cannot tell sines below
 * about 3e-4 apart, so the product would be noise there.
 */
export const SMALLEST_SINE = 1e-3;

/**
 * theta in radians, 0 to pi, of a cosine that may overshoot [-1, 1] by rounding. By the two-argument arctangent: the
 * arccosine of graphics cards is off where it matters, near both ends.
 */
export const angleOf = (cosine: tf.Tensor): tf.Tensor => {
  const c = tf.clipByValue(cosine, -1, 1);
  return tf.atan2(tf.sqrt(tf.sub(1, tf.square(c))), c);
};

/** sin(theta), at least {@link SMALLEST_SINE}: what derivatives by the cosine are divided by. */
export const safeSine = (theta: tf.Tensor): tf.Tensor => tf.maximum(tf.sin(theta), SMALLEST_SINE);
