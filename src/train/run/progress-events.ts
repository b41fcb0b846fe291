import type { EpochPoint, EpochReport, StepPoint } from '../../domain/training-report.ts';
import type { TrainerEvent } from '../../protocol/trainer.ts';
import type { Progress } from '../loop/loop.ts';

/** Between two events of the same kind. */
const EVERY_MS = 100;

/**
 * Collects the progress of a run and sends it at most ten times a second, however fast steps and epochs are: a page that
 * redraws for each of a hundred epochs a second has no time for anything else.
 */
export class ProgressEvents {
  private readonly emit: (event: TrainerEvent) => void;
  private points: StepPoint[] = [];
  private progress: Progress | null = null;
  private epochs: EpochPoint[] = [];
  private latest: EpochReport | null = null;
  private best: EpochReport | null = null;
  private sentAt = Number.NEGATIVE_INFINITY;
  private timer: ReturnType<typeof setTimeout> | null = null;

  constructor(emit: (event: TrainerEvent) => void) {
    this.emit = emit;
  }

  addSteps(points: readonly StepPoint[], progress: Progress): void {
    this.points.push(...points);
    this.progress = progress;
    this.sendSoon();
  }

  addEpoch(report: EpochReport): void {
    this.epochs.push(pointOf(report));
    this.latest = report;
    if (report.best || !this.best) this.best = report;
    this.sendSoon();
  }

  /** Sends what is pending, at once: before a pause and at the end. */
  flush(): void {
    if (this.timer !== null) clearTimeout(this.timer);
    this.timer = null;
    if (this.points.length + this.epochs.length === 0) return;
    this.sentAt = performance.now();
    if (this.points.length > 0 && this.progress) {
      this.emit({ kind: 'steps', points: this.points, ...this.progress });
      this.points = [];
    }
    if (this.epochs.length > 0 && this.latest && this.best) {
      this.emit({ kind: 'epochs', points: this.epochs, latest: this.latest, best: this.best });
      this.epochs = [];
    }
  }

  private sendSoon(): void {
    const wait = this.sentAt + EVERY_MS - performance.now();
    if (wait <= 0) this.flush();
    // The loop may be busy for seconds before the next progress.
    else this.timer ??= setTimeout(() => this.flush(), wait);
  }
}

export const pointOf = ({ verification, angles, ...report }: EpochReport): EpochPoint => ({
  epoch: report.epoch,
  step: report.step,
  loss: report.loss,
  trainAccuracy: report.trainAccuracy,
  heldOutAccuracy: report.heldOutAccuracy,
  auc: verification?.auc ?? null,
  eer: verification?.eer ?? null,
  verification: verification?.accuracy ?? null,
  targetMean: angles.targetMean,
  otherMean: angles.nearestOtherMean,
});
