import * as tf from '@tensorflow/tfjs-core';
import { customOpOf } from '../../../engine/ops/custom-op.ts';
import { scaleTarget, targetLogits, withTarget } from '../../../engine/ops/target-logits.ts';
import { present } from '../../../lib/assert.ts';

/**
 * What a margin does to the cosine of the angle between an embedding and its target class's centre.
 * Everything else (which entry is the target, scale, loss) is the same for all margins of this kind.
 */
export interface Margin {
  /** The margined cosine. Any shape; cosines may overshoot [-1, 1] by rounding. */
  value(cosine: tf.Tensor): tf.Tensor;
  /** d value / d cosine, same shape, finite everywhere. */
  derivative(cosine: tf.Tensor): tf.Tensor;
}

/**
 * Applies a margin to the target class only: every row keeps its other cosines.
 *
 * @param cosines [B, K]
 * @param labels [B], int32
 * @returns [B, K]
 */
export function applyMargin(margin: Margin, cosines: tf.Tensor2D, labels: tf.Tensor1D): tf.Tensor2D {
  return customOpOf<tf.Tensor2D>(
    [cosines],
    () => {
      const target = targetLogits(cosines, labels); // [B,1]
      return { value: withTarget(cosines, labels, margin.value(target)), saved: [target, labels] };
    },
    (dy, [target, classes]) => {
      const slope = margin.derivative(present(target, 'the saved cosines')); // [B,1]
      return [scaleTarget(dy, present(classes, 'the saved classes') as tf.Tensor1D, slope)];
    },
  );
}

/** A margin that differs from row to row. */
export interface RowMargin {
  /** @param row one number a row, [B, 1]: what the margin depends on */
  at(row: tf.Tensor): Margin;
  /** d value / d row at a cosine, [B, 1]; null for no gradient through the row. */
  readonly byRow: ((cosine: tf.Tensor, row: tf.Tensor) => tf.Tensor) | null;
}

/**
 * As {@link applyMargin}, with a margin that depends on one number for each row.
 *
 * @param rows [B, 1]; differentiated only where the margin says how
 */
export function applyRowMargin(
  margin: RowMargin,
  rows: tf.Tensor2D,
  cosines: tf.Tensor2D,
  labels: tf.Tensor1D,
): tf.Tensor2D {
  const { byRow } = margin;
  return customOpOf<tf.Tensor2D>(
    byRow ? [cosines, rows] : [cosines],
    () => {
      const target = targetLogits(cosines, labels); // [B,1]
      return {
        value: withTarget(cosines, labels, margin.at(rows).value(target)),
        saved: [target, labels, rows],
      };
    },
    (dy, saved) => {
      const target = present(saved[0], 'the saved cosines');
      const classes = present(saved[1], 'the saved classes') as tf.Tensor1D;
      const row = present(saved[2], 'the saved numbers of the rows');
      const byCosine = scaleTarget(dy, classes, margin.at(row).derivative(target));
      return byRow ? [byCosine, tf.mul(targetLogits(dy, classes), byRow(target, row))] : [byCosine];
    },
  );
}
