import * as tf from '@tensorflow/tfjs-core';
import { nearestSubCentre } from '../margins/shared/sub-centres.ts';
import { cosines } from './centres.ts';
import { type Head, type HeadContext, softmaxLoss } from './head.ts';

/** A batch as a margin sees it. */
export interface MarginInput {
  /** [B, D], any length */
  readonly embeddings: tf.Tensor2D;
  /** [B, K], of the angle to each class's centre */
  readonly cosines: tf.Tensor2D;
  /** [B], the target classes, int32 */
  readonly labels: tf.Tensor1D;
  /** Share of the full margin, 0 to 1. */
  readonly strength: number;
  /** The same; in the replays of a recorded step, that of the present step. */
  strengthNow(): number;
}

export interface MarginOutput {
  /** [B, K] */
  readonly cosines: tf.Tensor2D;
  /** Added to the loss. */
  readonly regulariser?: tf.Scalar;
}

interface Options {
  /** S, centres per class. */
  readonly subCentres?: number;
  readonly statistics?: readonly tf.Variable[];
  /** See {@link Head}; false if not given. */
  readonly strengthPerStep?: boolean;
}

/**
 * The head of every margin that changes cosines and leaves the rest as it is:
 * embedding -> cosines (to the nearest sub-centre) -> margin -> scale -> softmax cross-entropy.
 */
export function angularHead(
  { centres }: HeadContext,
  applyMargin: (input: MarginInput) => MarginOutput,
  { subCentres = 1, statistics = [], strengthPerStep = false }: Options = {},
): Head {
  const toClasses = (embeddings: tf.Tensor2D): tf.Tensor2D =>
    nearestSubCentre(cosines(embeddings, centres), subCentres);
  return {
    weights: [{ name: 'centres', variable: centres, decay: true }],
    statistics,
    strengthPerStep,
    logits(embeddings, labels, settings) {
      const scores = toClasses(embeddings); // [B,K]
      const margined: MarginOutput = labels
        ? applyMargin({
            embeddings,
            cosines: scores,
            labels,
            strength: settings.strength,
            strengthNow: () => settings.strength,
          })
        : { cosines: scores };
      const logits = tf.mul(margined.cosines, settings.scale) as tf.Tensor2D; // [B,K]
      return { logits, scores, regulariser: margined.regulariser ?? null };
    },
    crossEntropy: softmaxLoss,
    cosines: toClasses,
  };
}
