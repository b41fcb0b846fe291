import { type MarginConfig, marginMeta } from '../../config/margin.ts';

/** Factor of the exponential moving average of the loss. */
const SMOOTHING = 0.8;
/** Losses that define the level a run starts at. */
const FIRST = 4;

/**
 * Detects divergence from the losses of a run: a loss that is not a number, or a smoothed loss far above that of
 * guessing, the margin's share included.
 */
export class DivergenceDetector {
  private readonly margin: MarginConfig;
  private readonly scale: number;
  private readonly classes: number;
  private smoothed: number | null = null;
  private start = 0;
  private seen = 0;

  constructor(margin: MarginConfig, scale: number, classes: number) {
    this.margin = margin;
    this.scale = scale;
    this.classes = classes;
  }

  /** @param strength of the margin at that step. @returns what is wrong with the loss, as a predicate; null if nothing */
  record(loss: number, strength: number): string | null {
    if (!Number.isFinite(loss)) return 'was not a number';
    this.smoothed = this.smoothed === null ? loss : SMOOTHING * this.smoothed + (1 - SMOOTHING) * loss;
    if (this.seen < FIRST) this.start = Math.max(this.start, this.smoothed);
    this.seen += 1;
    const byMargin = this.scale * marginMeta(this.margin).cosineDropAt90Degrees(this.margin, strength);
    // Twice the loss at the start, or 1.5 times that of guessing: whichever is more.
    const most = Math.max(2 * this.start + byMargin, 1.5 * (Math.log(this.classes) + byMargin) + 2);
    return this.smoothed > most ? `grew to ${loss.toPrecision(3)}, worse than guessing` : null;
  }

  /** Forgets the last losses, not the level at the start. */
  reset(): void {
    this.smoothed = null;
  }
}
