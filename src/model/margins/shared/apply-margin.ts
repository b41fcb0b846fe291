import * as tf from '@tensorflow/tfjs-core';
import { hasKernel, runKernel } from '../../../engine/ops/custom-kernels.ts';
import { customOpOf } from '../../../engine/ops/custom-op.ts';
import { perStep } from '../../../engine/ops/per-step.ts';
import { scaleTarget, targetLogits, withTarget } from '../../../engine/ops/target-logits.ts';
import { present } from '../../../lib/assert.ts';
import { SMALLEST_SINE } from './angle.ts';

/**
 * What a margin does to the cosine of the angle between an embedding and its target class's centre.
 * Everything else (which entry is the target, scale, loss) is the same for all margins of this kind.
 */
export interface Margin {
  /** The margined cosine. Any shape; cosines may overshoot [-1, 1] by rounding. */
  value(cosine: tf.Tensor): tf.Tensor;
  /** d value / d cosine, same shape, finite everywhere. */
  derivative(cosine: tf.Tensor): tf.Tensor;
  /** The same as numbers, for backends that apply it in one pass; null where a margin is of another form. */
  readonly form?: MarginForm | null;
}

/**
 * value(c) = c cos - s sin where c > threshold, with s = sqrt(1 - c^2), and c + offset elsewhere. The derivative is
 * cos + sin c / s above the threshold and 1 elsewhere; everywhere 1 where not `exact`.
 */
export interface MarginForm {
  readonly threshold: number;
  readonly cos: number;
  readonly sin: number;
  readonly offset: number;
  readonly exact: boolean;
}

/**
 * Applies a margin to the target class only: every row keeps its other cosines.
 *
 * @param cosines [B, K]
 * @param labels [B], int32
 * @param formNow the form at the present step, for margins that change from step to step; it differs in its numbers only
 * @returns [B, K]
 */
export function applyMargin(
  margin: Margin,
  cosines: tf.Tensor2D,
  labels: tf.Tensor1D,
  formNow: () => MarginForm | null | undefined = () => margin.form,
): tf.Tensor2D {
  if (margin.form && hasKernel('ArcMargin')) {
    return applyForm(margin.form.exact, () => present(formNow(), 'the form of the margin'), cosines, labels);
  }
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

function applyForm(
  exact: boolean,
  formNow: () => MarginForm,
  cosines: tf.Tensor2D,
  labels: tf.Tensor1D,
): tf.Tensor2D {
  const numbers = (): Float32Array => {
    const { threshold, cos, sin, offset } = formNow();
    return Float32Array.of(threshold, cos, sin, offset);
  };
  return customOpOf<tf.Tensor2D>(
    [cosines],
    () => {
      const inputs = { x: cosines, labels, form: perStep([4], numbers) };
      const [value, slopes] = runKernel('ArcMargin', inputs, { exact, smallestSine: SMALLEST_SINE });
      return {
        value: present(value, 'the margined cosines') as tf.Tensor2D, // as the cosines
        saved: [present(slopes, 'the slopes'), labels],
      };
    },
    (dy, [slopes, classes]) => [
      scaleTarget(
        dy,
        present(classes, 'the saved classes') as tf.Tensor1D,
        present(slopes, 'the saved slopes'),
      ),
    ],
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
