import * as tf from '@tensorflow/tfjs-core';
import { customOpOf } from '../../../engine/ops/custom-op.ts';
import { scaleTarget, targetLogits, withTarget } from '../../../engine/ops/target-logits.ts';
import { present } from '../../../lib/assert.ts';
import { type Radians, radians } from '../../../lib/brand.ts';
import { angularHead } from '../../heads/angular-head.ts';
import { arcFace, type PastPi } from '../arcface/loss.ts';
import type { MarginLoss } from '../margin-loss.ts';
import type { meta } from './meta.ts';

/** Share of the last batch in the running mean of the target cosines (the paper's section 3.3 keeps 0.99 of the old). */
const RATE = 0.01;

/** How far the training has come: the running mean t of the cosines to the target centre. Starts at 0, is not trained. */
export class Progress {
  readonly t: tf.Variable;

  /** @param t a scalar, 0 */
  constructor(t: tf.Variable) {
    this.t = t;
  }

  /** t <- 0.99 t + 0.01 mean(target cosines) */
  update(cosines: tf.Tensor2D, labels: tf.Tensor1D): void {
    tf.tidy(() => {
      const target = tf.mean(targetLogits(cosines, labels));
      this.t.assign(tf.add(tf.mul(this.t, 1 - RATE), tf.mul(target, RATE)));
    });
  }
}

/**
 * CurricularFace (Huang et al., arXiv 2004.00288, equations 4 to 7): ArcFace's margin on the target class; and another
 * class whose cosine c exceeds the margined target counts as
 *
 *   c (t + c),   derivative t + 2 c,
 *
 * less than c while t is small, more once the embeddings lie near their centres: hard negatives count last.
 * The comparison itself has no gradient.
 *
 * @param m margin in radians
 * @param t scalar, from {@link Progress}
 * @param cosines [B, K]
 * @param labels [B], int32
 * @returns [B, K]
 */
export function curricularFace(
  m: Radians,
  t: tf.Tensor,
  cosines: tf.Tensor2D,
  labels: tf.Tensor1D,
  pastPi: PastPi = 'continued',
): tf.Tensor2D {
  const margin = arcFace(m, pastPi);
  return customOpOf<tf.Tensor2D>(
    [cosines],
    () => {
      const target = targetLogits(cosines, labels); // [B,1]
      const margined = margin.value(target);
      const hard = tf.greater(cosines, margined); // [B,K]; the target is replaced anyway
      const others = tf.where(hard, tf.mul(cosines, tf.add(cosines, t)), cosines) as tf.Tensor2D;
      // t moves on before the gradient is asked for.
      return {
        value: withTarget(others, labels, margined),
        saved: [cosines, labels, target, margined, t.clone()],
      };
    },
    (dy, saved) => {
      const [c, classes, target, margined, then] = saved.map((tensor) => present(tensor, 'a saved tensor'));
      const rows = present(c, 'the saved cosines') as tf.Tensor2D;
      const truth = present(classes, 'the saved classes') as tf.Tensor1D;
      const hard = tf.greater(rows, present(margined, 'the saved margined cosines'));
      const slopes = tf.where(hard, tf.add(tf.mul(rows, 2), present(then, 'the saved t')), tf.onesLike(rows));
      const others = withTarget(tf.mul(dy, slopes), truth, targetLogits(dy, truth));
      return [scaleTarget(others, truth, margin.derivative(present(target, 'the saved target cosines')))];
    },
  );
}

export const loss: MarginLoss<typeof meta> = {
  createHead: ({ m, pastPi }, context) => {
    const progress = new Progress(context.variable('progress', () => tf.scalar(0), false));
    return angularHead(
      context,
      ({ cosines, labels, strength }) => {
        progress.update(cosines, labels);
        return { cosines: curricularFace(radians(m * strength), progress.t, cosines, labels, pastPi) };
      },
      { statistics: [progress.t] },
    );
  },
};
