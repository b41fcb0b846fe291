import * as tf from '@tensorflow/tfjs-core';
import { present } from '../../lib/assert.ts';
import { hasKernel, runKernel } from './custom-kernels.ts';
import { customOpOf } from './custom-op.ts';
import { targetLogits } from './target-logits.ts';

/**
 * Mean softmax cross-entropy: mean over rows of log(sum_j exp z_j) - sum_j q_j z_j, where q is 1 at the target
 * class; smoothed by s (Szegedy et al., arXiv 1512.00567, section 7), 1 - s there and s / K more everywhere.
 *
 * The largest logit of the row is subtracted first, so that no exponential overflows. The gradient is the
 * closed form (softmax(z) - q) / N, one pass instead of one for each part.
 *
 * @param logits [N, K]
 * @param labels [N], the true class of each row, int32
 * @param smoothing s, 0 to 1
 * @returns scalar, in nats
 */
export function softmaxCrossEntropy(logits: tf.Tensor2D, labels: tf.Tensor1D, smoothing = 0): tf.Scalar {
  const sharp = sharpCrossEntropy(logits, labels);
  return smoothing === 0 ? sharp : tf.add(sharp, tf.mul(targetAboveMean(logits, labels), smoothing));
}

/** What smoothing adds, for s = 1: mean over rows of z_true - mean_j z_j; its gradient is (oneHot - 1 / K) / N. */
function targetAboveMean(logits: tf.Tensor2D, labels: tf.Tensor1D): tf.Scalar {
  const [rows, classes] = logits.shape;
  return customOpOf<tf.Scalar>(
    [logits],
    () => {
      const above = tf.sub(targetLogits(logits, labels), tf.mean(logits, 1, true)); // [N,1]
      return { value: tf.mean(above) as tf.Scalar, saved: [labels] };
    },
    (dy, [truth]) => [
      tf.mul(tf.sub(oneHot(present(truth, 'the saved classes'), classes), 1 / classes), tf.div(dy, rows)),
    ],
  );
}

function sharpCrossEntropy(logits: tf.Tensor2D, labels: tf.Tensor1D): tf.Scalar {
  const ops = hasKernel('ArcCrossEntropy') ? kernels : plain;
  return customOpOf<tf.Scalar>(
    [logits],
    () => {
      const [losses, probability] = ops.forward(logits, labels);
      return { value: tf.mean(losses) as tf.Scalar, saved: [probability, labels] };
    },
    (dy, [probability, truth]) => [
      ops.backward(dy, present(probability, 'the saved softmax'), present(truth, 'the saved classes')),
    ],
  );
}

interface Ops {
  /** Losses [N], softmax [N, K]. */
  forward(logits: tf.Tensor2D, labels: tf.Tensor1D): readonly [tf.Tensor, tf.Tensor];
  backward(dy: tf.Scalar, probability: tf.Tensor, labels: tf.Tensor): tf.Tensor;
}

const kernels: Ops = {
  forward(logits, labels) {
    const [losses, probability] = runKernel('ArcCrossEntropy', { logits, labels }, {});
    return [present(losses, 'the losses'), present(probability, 'the softmax')];
  },
  backward(dy, probability, labels) {
    const made = runKernel('ArcCrossEntropyGrad', { dy, probability, labels }, {});
    return present(made[0], 'the gradient');
  },
};

/** The published operations, for backends without the kernels. */
const plain: Ops = {
  forward(z, labels) {
    const shifted = tf.sub(z, tf.max(z, 1, true)); // [N,K], largest 0
    const exponentials = tf.exp(shifted); // [N,K]
    const total = tf.sum(exponentials, 1); // [N]
    const target = tf.sum(tf.mul(shifted, oneHot(labels, z.shape[1])), 1); // [N]
    return [tf.sub(tf.log(total), target), tf.div(exponentials, tf.expandDims(total, 1))];
  },
  backward(dy, probability, labels) {
    const [rows = 1, classes = 1] = probability.shape;
    return tf.mul(tf.sub(probability, oneHot(labels, classes)), tf.div(dy, rows));
  },
};

const oneHot = (labels: tf.Tensor, classes: number): tf.Tensor => tf.oneHot(labels, classes, 1, 0, 'float32');
