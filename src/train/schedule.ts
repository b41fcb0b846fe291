import type { TrainingConfig } from '../config/training-config.ts';

/**
 * Learning rate of a step: grows linearly over the warm-up, then falls as half a cosine from the full rate to
 * `finalFraction` of it (Loshchilov & Hutter, arXiv 1608.03983, equation 5, without restarts).
 *
 * @param step 0 ... total - 1
 */
export function learningRate(
  config: Pick<TrainingConfig, 'learningRate' | 'schedule'>,
  step: number,
  total: number,
): number {
  const { warmupFraction, finalFraction } = config.schedule;
  const warmup = Math.round(warmupFraction * total);
  if (step < warmup) return (config.learningRate * (step + 1)) / (warmup + 1);
  const progress = (step - warmup) / Math.max(1, total - 1 - warmup);
  const cosine = (1 + Math.cos(Math.PI * Math.min(1, progress))) / 2;
  return config.learningRate * (finalFraction + (1 - finalFraction) * cosine);
}

/** Share of the full margin at a step: from 0 to 1 over the first `warmupFraction` of the steps. */
export function marginStrength(margin: TrainingConfig['margin'], step: number, total: number): number {
  if (margin.kind === 'none') return 0;
  const warmup = margin.warmupFraction * total;
  return warmup <= step ? 1 : step / warmup;
}
