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

/** By how much of a sweep the smoothed loss lags behind. */
const LAG = 0.09;
/** Share of a sweep at its low end where next to nothing is learned: it shows the loss of the start and its noise. */
const CALM = 0.2;
/** What the smoothed loss must fall by to mean anything: standard deviations of its noise, and a share of the start. */
const FALLS = { noise: 5, share: 0.01 };
/** What it must rise by above the start to have run away. */
const RUNS_AWAY = { noise: 10, share: 0.1 };
/** Share of the fall behind the suggested rate. */
const FALLEN = 2 / 3;
/** Nats of a start at which there is nothing left to learn. */
const NOTHING_LEFT = 0.01;

/**
 * A learning-rate range test (Smith, arXiv 1506.01186, section 3.3), the rate growing exponentially: takes the loss of
 * each step, smooths it (exponential mean, debiased as in Kingma & Ba, arXiv 1412.6980, section 3), says when it has run
 * away, and suggests a rate.
 *
 * Suggested is the rate at which the smoothed loss has done two thirds of its fall, from the mean over the first fifth,
 * where the rate is too small to move it, down to its least. Unlike the steepest point it rests on no slope, which noise
 * decides where the descent is long, and unlike a tenth of the rate with the least loss not on the place of a minimum,
 * which is anywhere where the bottom is flat (docs/performance.md compares the three, and says why two thirds).
 */
export class LrRangeTest {
  readonly points: RatePoint[] = [];
  private readonly calm: number;
  private readonly memory: number;
  private sum = 0;
  private weight = 0;
  /** The rate at which the loss was no number any more or too high. */
  private ranAwayAt: number | null = null;

  /** @param steps as many as the whole sweep has */
  constructor(steps: number) {
    this.calm = Math.max(2, Math.round(CALM * steps));
    this.memory = (LAG * steps) / (1 + LAG * steps);
  }

  /** @param loss before the step with that rate. @returns whether it is worth going on */
  record(rate: number, loss: number): boolean {
    if (!Number.isFinite(loss)) {
      this.ranAwayAt = rate;
      return false;
    }
    this.sum = this.memory * this.sum + (1 - this.memory) * loss;
    this.weight = this.memory * this.weight + (1 - this.memory);
    const smoothed = this.sum / this.weight;
    this.points.push({ rate, loss, smoothed });
    if (this.points.length <= this.calm) return true;
    const { level, noise } = this.start();
    if (smoothed <= level + most(RUNS_AWAY, level, noise)) return true;
    this.ranAwayAt = rate;
    return false;
  }

  suggestion(): RateSuggestion {
    const descent = this.points.slice(this.calm);
    if (descent.length < 2) {
      const at = this.ranAwayAt === null ? '' : `, at a rate of ${shown(this.ranAwayAt)}`;
      return none(
        `the loss ran away at once${at}. A lower class centre rate or a limit for the longest gradient may help.`,
      );
    }
    const { level, noise } = this.start();
    const least = Math.min(...descent.map(({ smoothed }) => smoothed));
    const fall = level - least;
    if (level < NOTHING_LEFT) {
      return none(`the loss is next to 0 from the start (${shown(level)}): there is nothing left to learn.`);
    }
    if (fall <= most(FALLS, level, noise)) {
      return none('at none of the rates did the loss fall by more than it differs from batch to batch.');
    }
    const bottom = descent.findIndex(({ smoothed }) => smoothed === least);
    // The last time above it: a dip by chance comes before.
    const above = descent.slice(0, bottom).findLastIndex(({ smoothed }) => smoothed > level - FALLEN * fall);
    const rate = Number(present(descent[above + 1], 'a point of the fall').rate.toPrecision(2));
    const end =
      this.ranAwayAt === null
        ? 'It ran away at no rate that was tried.'
        : `From about ${shown(this.ranAwayAt)} on it runs away.`;
    return { rate, why: `Suggested: ${shown(rate)}, where the loss has done two thirds of its fall. ${end}` };
  }

  /** The loss of the start, and the standard deviation of the smoothed loss that batches alone give it. */
  private start(): { readonly level: number; readonly noise: number } {
    const losses = this.points.slice(0, this.calm).map(({ loss }) => loss);
    const level = losses.reduce((total, loss) => total + loss, 0) / losses.length;
    const variance = losses.reduce((total, loss) => total + (loss - level) ** 2, 0) / losses.length;
    return { level, noise: Math.sqrt((variance * (1 - this.memory)) / (1 + this.memory)) };
  }
}

const most = (by: typeof FALLS, level: number, noise: number): number =>
  Math.max(by.noise * noise, by.share * level);

const none = (because: string): RateSuggestion => ({ rate: null, why: `No rate is suggested: ${because}` });

const shown = (value: number): string => String(Number(value.toPrecision(2)));
