import * as tf from '@tensorflow/tfjs-core';

/**
 * Sine below which derivatives stop growing. d f(theta) / d cos(theta) = -f'(theta) / sin(theta) goes to infinity at
 * theta = 0, where d cos(theta) / d embedding goes to 0 as fast. In 32-bit numbers 1 - c^2 cannot tell sines below
 * about 3e-4 apart, so the product would be noise there.
 */
export const SMALLEST_SINE = 1e-3;

// Angles, sines and cosines are polynomials here: those of graphics cards may be off by 2^-11 (WGSL, "Accuracy of
// built-in functions"), which a loss of a hundred steps shows. One number a row, so that the passes cost little.

/** arccos(x) = sqrt(1 - x) P(x) on [0, 1], off by at most 2e-8 (Abramowitz & Stegun 1964, 4.4.46). */
const ARCCOSINE = [
  1.570796305, -0.2145988016, 0.0889789874, -0.0501743046, 0.030891881, -0.0170881256, 0.0066700901,
  -0.0012624911,
];

/** theta in radians, 0 to pi, of a cosine that may overshoot [-1, 1] by rounding. */
export const angleOf = (cosine: tf.Tensor): tf.Tensor => {
  const size = tf.minimum(tf.abs(cosine), 1);
  const half = tf.mul(tf.sqrt(tf.sub(1, size)), polynomial(size, ARCCOSINE)); // of the size, 0 to pi/2
  return tf.where(tf.less(cosine, 0), tf.sub(Math.PI, half), half);
};

/** cos(angle), of any angle in radians; off by at most 1e-7. */
export function cosineOfAngle(angle: tf.Tensor): tf.Tensor {
  const { sign, rest } = folded(angle);
  return tf.mul(sign, polynomial(tf.square(rest), taylor(0)));
}

/** sin(angle), of any angle in radians; off by at most 1e-7. */
export function sineOfAngle(angle: tf.Tensor): tf.Tensor {
  const { sign, rest } = folded(angle);
  return tf.mul(sign, tf.mul(rest, polynomial(tf.square(rest), taylor(1))));
}

/** sin(theta), at least {@link SMALLEST_SINE}: what derivatives by the cosine are divided by. */
export const safeSine = (theta: tf.Tensor): tf.Tensor => tf.maximum(sineOfAngle(theta), SMALLEST_SINE);

/** angle = k pi + rest with rest from -pi/2 to pi/2, and (-1)^k. */
function folded(angle: tf.Tensor): { readonly sign: tf.Tensor; readonly rest: tf.Tensor } {
  const k = tf.floor(tf.add(tf.div(angle, Math.PI), 0.5));
  return { sign: alternating(k), rest: tf.sub(angle, tf.mul(k, Math.PI)) };
}

/** (-1)^k of whole numbers. */
export const alternating = (k: tf.Tensor): tf.Tensor =>
  // k - 2 floor(k / 2) is 0 or 1.
  tf.sub(1, tf.mul(2, tf.sub(k, tf.mul(2, tf.floor(tf.div(k, 2))))));

/** Coefficients in x^2 of the series of the cosine (from 0) or of the sine over x (from 1), up to x^14. */
const taylor = (from: 0 | 1): number[] => {
  let term = 1;
  return Array.from({ length: 8 }, (_, i) => {
    if (i > 0) term /= -((2 * i + from) * (2 * i + from - 1));
    return term;
  });
};

/** By Horner's rule. @param coefficients from the constant upwards */
function polynomial(x: tf.Tensor, coefficients: readonly number[]): tf.Tensor {
  return coefficients.reduceRight<tf.Tensor>(
    (sum, coefficient) => tf.add(tf.mul(sum, x), coefficient),
    tf.zerosLike(x),
  );
}
