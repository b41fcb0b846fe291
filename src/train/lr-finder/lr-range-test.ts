import type { OptimiserConfig } from '../../config/training-config.ts';
import type { RatePoint, RateSuggestion } from '../../domain/lr-finder.ts';
import { present } from '../../lib/assert.ts';

export interface RateRange {
  readonly low: number;
  readonly high: number;
}

/**
 * Where a usable rate can lie. A step of AdamW moves every weight by about the rate itself, one of SGD by the rate times
 * the gradient, which is mostly far below 1.
 */
export const rangeFor = ({ kind }: OptimiserConfig): RateRange =>
  kind === 'adamw' ? { low: 1e-6, high: 1 } : { low: 1e-5, high: 10 };

/** The rates of a sweep, evenly spaced on the logarithm, both ends among them. */
export const sweepRates = ({ low, high }: RateRange, steps: number): number[] =>
  Array.from({ length: steps }, (_, i) => low * (high / low) ** (i / (steps - 1)));

/** Lag of the smoothed loss, as a share of the test. */
const LAG = 0.09;
/** Share of the test at its low end where the loss hardly changes: it shows the loss at the start and its noise. */
const BASELINE = 0.2;
/** Least significant fall of the smoothed loss: standard deviations of its noise, and a share of the start. */
const SIGNIFICANT = { noise: 5, share: 0.01 };
/** Rise above the start that counts as divergence. */
const DIVERGED = { noise: 10, share: 0.1 };
/** Share of the fall that is done at the suggested rate. */
const FALLEN = 2 / 3;
/** Loss at the start, in nats, below which there is nothing left to learn. */
const NOTHING_LEFT = 0.01;

/**
 * A learning-rate range test (Smith, arXiv 1506.01186, section 3.3), the rate growing exponentially: takes the loss of
 * each step, smooths it (exponential mean, debiased as in Kingma & Ba, arXiv 1412.6980, section 3), detects
 * divergence, and suggests a rate.
 *
 * Suggested is the rate at which the smoothed loss has done two thirds of its fall, from the mean over the first fifth,
 * where the rate is too small to move it, down to its least. Unlike the steepest point it rests on no slope, which noise
 * decides where the descent is long, and unlike a tenth of the rate with the least loss not on the place of a minimum,
 * which is anywhere where the bottom is flat (docs/performance.md compares the three, and says why two thirds).
 */
export class LrRangeTest {
  readonly points: RatePoint[] = [];
  private readonly baseline: number;
  private readonly decay: number;
  private sum = 0;
  private weight = 0;
  /** The rate at which the loss was not a number or too high. */
  private divergedAt: number | null = null;

  /** @param steps of the whole test */
  constructor(steps: number) {
    this.baseline = Math.max(2, Math.round(BASELINE * steps));
    this.decay = (LAG * steps) / (1 + LAG * steps);
  }

  /** @param loss before the step with that rate. @returns false to end the test */
  record(rate: number, loss: number): boolean {
    if (!Number.isFinite(loss)) {
      this.divergedAt = rate;
      return false;
    }
    this.sum = this.decay * this.sum + (1 - this.decay) * loss;
    this.weight = this.decay * this.weight + (1 - this.decay);
    const smoothed = this.sum / this.weight;
    this.points.push({ rate, loss, smoothed });
    if (this.points.length <= this.baseline) return true;
    const { level, noise } = this.start();
    if (smoothed <= level + most(DIVERGED, level, noise)) return true;
    this.divergedAt = rate;
    return false;
  }

  suggestion(): RateSuggestion {
    const descent = this.points.slice(this.baseline);
    if (descent.length < 2) {
      const at = this.divergedAt === null ? '' : `, at a rate of ${shown(this.divergedAt)}`;
      return none(
        `the loss diverged at once${at}. A lower head learning-rate multiplier or gradient clipping may help.`,
      );
    }
    const { level, noise } = this.start();
    const least = Math.min(...descent.map(({ smoothed }) => smoothed));
    const fall = level - least;
    if (level < NOTHING_LEFT) {
      return none(`the loss is next to 0 from the start (${shown(level)}): there is nothing left to learn.`);
    }
    if (fall <= most(SIGNIFICANT, level, noise)) {
      return none('at none of the rates did the loss fall by more than its noise between batches.');
    }
    const bottom = descent.findIndex(({ smoothed }) => smoothed === least);
    // The last point above it: a random dip may come before.
    const above = descent.slice(0, bottom).findLastIndex(({ smoothed }) => smoothed > level - FALLEN * fall);
    const rate = Number(present(descent[above + 1], 'a point of the fall').rate.toPrecision(2));
    const end =
      this.divergedAt === null
        ? 'It diverged at no rate that was tested.'
        : `From about ${shown(this.divergedAt)} on it diverges.`;
    return { rate, why: `Suggested: ${shown(rate)}, where the loss has done two thirds of its fall. ${end}` };
  }

  /** The loss at the start, and the standard deviation of the smoothed loss due to batches alone. */
  private start(): { readonly level: number; readonly noise: number } {
    const losses = this.points.slice(0, this.baseline).map(({ loss }) => loss);
    const level = losses.reduce((total, loss) => total + loss, 0) / losses.length;
    const variance = losses.reduce((total, loss) => total + (loss - level) ** 2, 0) / losses.length;
    return { level, noise: Math.sqrt((variance * (1 - this.decay)) / (1 + this.decay)) };
  }
}

const most = (by: typeof SIGNIFICANT, level: number, noise: number): number =>
  Math.max(by.noise * noise, by.share * level);

const none = (because: string): RateSuggestion => ({ rate: null, why: `No rate is suggested: ${because}` });

const shown = (value: number): string => String(Number(value.toPrecision(2)));
