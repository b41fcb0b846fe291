import type { TrainingConfig } from '../config/training-config.ts';

export interface Scale {
  readonly value: number;
  /** Where it comes from, for the person. */
  readonly why: string;
}

const SMALLEST = 8;

/**
 * The scale of the logits. `auto`: sqrt(2) ln(K - 1), where the softmax of the true class at 45 degrees, the
 * others at 90, is steepest (AdaCos, Zhang et al., arXiv 1905.00292, equation 11); at least 8, because the
 * formula gives next to nothing for few classes.
 */
export function chooseScale(setting: TrainingConfig['scale'], classes: number): Scale {
  if (setting !== 'auto') return { value: setting, why: `The scale ${setting} is what the settings say.` };
  const formula = Math.SQRT2 * Math.log(Math.max(classes - 1, 1));
  const value = Math.max(SMALLEST, formula);
  const shown = value.toFixed(1);
  const why =
    formula >= SMALLEST
      ? `The scale ${shown} was chosen from the number of people trained on: √2 · ln(${classes} − 1) (AdaCos).`
      : `The scale ${shown} is the smallest that is used: for ${classes} people the formula √2 · ln(${classes} − 1) (AdaCos) gives less.`;
  return { value, why };
}
