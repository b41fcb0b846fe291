import type { MarginConfig, ScheduleConfig, TrainingConfig } from '../../config/training-config.ts';
import { unreachable } from '../../lib/unreachable.ts';

/**
 * Learning rate of a step: grows linearly over the warm-up, then falls as the schedule says.
 *
 * @param step 0 ... total - 1
 */
export function learningRate(
  config: Pick<TrainingConfig, 'learningRate' | 'schedule'>,
  step: number,
  total: number,
): number {
  const { schedule } = config;
  const warmup = Math.round(schedule.warmupFraction * total);
  if (step < warmup) return (config.learningRate * (step + 1)) / (warmup + 1);
  const progress = Math.min(1, (step - warmup) / Math.max(1, total - 1 - warmup));
  return config.learningRate * share(schedule, progress);
}

/** Share of the full rate at a point of the way behind the warm-up, 0 to 1. */
function share(schedule: ScheduleConfig, progress: number): number {
  switch (schedule.kind) {
    // Loshchilov & Hutter, arXiv 1608.03983, equation 5, without restarts.
    case 'cosine':
      return between(schedule.finalFraction, (1 + Math.cos(Math.PI * progress)) / 2);
    case 'polynomial':
      return between(schedule.finalFraction, (1 - progress) ** schedule.power);
    // n drops cut the way into n + 1 equal stairs.
    case 'step':
      return schedule.factor ** Math.min(schedule.drops, Math.floor(progress * (schedule.drops + 1) + 1e-9));
    default:
      return unreachable(schedule);
  }
}

const between = (least: number, part: number): number => least + (1 - least) * part;

/** Share of the full margin at a step: from 0 to 1 over the first `warmupFraction` of the steps; 0 without a margin. */
export function marginStrength(margin: MarginConfig, step: number, total: number): number {
  if (!('warmupFraction' in margin)) return 0;
  const warmup = margin.warmupFraction * total;
  return warmup <= step ? 1 : step / warmup;
}
