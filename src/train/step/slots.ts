import * as tf from '@tensorflow/tfjs-core';
import type { Parameter } from './learner.ts';

// The state that an optimiser keeps for each weight.

export const zero = (slots: readonly tf.Variable[]): void =>
  slots.forEach((slot) => {
    tf.tidy(() => slot.assign(tf.zerosLike(slot)));
  });

export const zerosFor = (weights: readonly Parameter[]): tf.Variable[] =>
  weights.map(({ variable }) => tf.tidy(() => tf.variable(tf.zerosLike(variable), false)));
