import type { MarginConfig } from '../../config/training-config.ts';

/** Share of the old in the smoothed loss. */
const SMOOTHING = 0.8;
/** Losses that tell where a run starts. */
const FIRST = 4;

/**
 * Watches the losses of a run for the moment when it runs away: a loss that is no number, or a smoothed loss that says
 * that the network knows less than nothing.
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

  /** @param strength of the margin at that step. @returns what is wrong, as the end of a sentence; null if nothing */
  record(loss: number, strength: number): string | null {
    if (!Number.isFinite(loss)) return 'was no number any more';
    this.smoothed = this.smoothed === null ? loss : SMOOTHING * this.smoothed + (1 - SMOOTHING) * loss;
    if (this.seen < FIRST) this.start = Math.max(this.start, this.smoothed);
    this.seen += 1;
    const asked = this.scale * fallAtRightAngle(this.margin, strength);
    // Twice where it began, or half as much again as by guessing: whatever is more.
    const most = Math.max(2 * this.start + asked, 1.5 * (Math.log(this.classes) + asked) + 2);
    return this.smoothed > most ? `grew to ${loss.toPrecision(3)}, more than guessing would cost` : null;
  }

  /** Forgets the last losses, not where the run started. */
  reset(): void {
    this.smoothed = null;
  }
}

/** By how much a margin lowers the cosine to the own centre where the network knows nothing: at 90 degrees. */
function fallAtRightAngle(margin: MarginConfig, strength: number): number {
  switch (margin.kind) {
    case 'arcface':
    case 'sub-center':
    case 'curricularface':
    case 'elastic-arcface':
      return Math.sin(margin.m * strength);
    case 'cosface':
    case 'elastic-cosface':
      return margin.m3 * strength;
    case 'sphereface':
      return margin.m1;
    case 'combined':
      return margin.m1 + Math.sin(margin.m2) + margin.m3;
    case 'adaface':
      return 2 * margin.m * strength;
    case 'magface':
      return Math.sin(margin.upperMargin * strength) + margin.lengthWeight;
    case 'sphereface2':
    case 'none':
    case 'softmax':
      return 0;
  }
}
