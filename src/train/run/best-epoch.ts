import type { EpochReport } from '../../domain/training-report.ts';
import type { VerificationReport } from '../../domain/verification.ts';

/** What an epoch is judged by; decided once for a run. */
export type Criterion = 'verification' | 'held-out' | 'last';

type SelectionFigures = Pick<EpochReport, 'verification' | 'heldOutAccuracy' | 'heldOutLoss'>;

/** Says of each epoch, as they come, whether it is better than all before; the first is the untrained network. */
export class EpochSelector {
  readonly criterion: Criterion;
  private readonly untrained: SelectionFigures;
  private best: SelectionFigures;
  /** Of all epochs the one with the largest area, whether it was kept or not. */
  private peak: SelectionFigures;

  /** Judges by the people held out of training where there are enough, else by the photos held out, else not at all. */
  constructor(untrained: SelectionFigures) {
    this.untrained = untrained;
    this.best = untrained;
    this.peak = untrained;
    if (untrained.verification) this.criterion = 'verification';
    else this.criterion = untrained.heldOutAccuracy === null ? 'last' : 'held-out';
  }

  /** Whether this epoch takes the place of the best one. */
  prefers(now: SelectionFigures): boolean {
    if (area(now) > area(this.peak)) this.peak = now;
    const better = this.isBetter(now);
    if (better) this.best = now;
    return better;
  }

  private isBetter(now: SelectionFigures): boolean {
    switch (this.criterion) {
      case 'verification':
        return this.best === this.untrained ? this.isWorthIt(now) : this.tellsApartBetter(now);
      case 'held-out':
        // A dozen photos give few different accuracies; the loss tells equal ones apart.
        return now.heldOutAccuracy === this.best.heldOutAccuracy
          ? (now.heldOutLoss ?? 0) < (this.best.heldOutLoss ?? 0)
          : accuracy(now) > accuracy(this.best);
      case 'last':
        return true;
    }
  }

  /**
   * The untrained network gives way only to more than noise: a gain above one standard error of its own area (the "one
   * standard error rule" of Breiman et al. 1984, section 3.4.3), or a smaller one that the photos held out of the people
   * trained on, other photos of other people, confirm.
   */
  private isWorthIt(now: SelectionFigures): boolean {
    const confirmed = accuracy(now) > accuracy(this.untrained);
    return area(now) - area(this.untrained) > (confirmed ? 0 : errorOf(this.untrained));
  }

  /**
   * Among trained epochs: by the area under the ROC curve, which uses every pair and moves smoothly, where accuracy jumps
   * with single pairs. But areas within one standard error of the largest are as good as equal, for the people held out are
   * few; of these the one wins that tells the held-out photos best, and where they are equal in that, the larger area.
   * None below the untrained network's.
   */
  private tellsApartBetter(now: SelectionFigures): boolean {
    const least = area(this.peak) - errorOf(this.peak);
    if (area(now) <= area(this.untrained) || area(now) < least) return false;
    if (area(this.best) < least) return true;
    const gain = accuracy(now) - accuracy(this.best);
    return gain === 0 ? area(now) > area(this.best) : gain > 0;
  }
}

const area = ({ verification }: SelectionFigures): number => verification?.auc ?? 0;
const accuracy = ({ heldOutAccuracy }: SelectionFigures): number => heldOutAccuracy ?? 0;
const errorOf = ({ verification }: SelectionFigures): number => (verification ? areaError(verification) : 0);

/**
 * Standard error of an area A under the ROC curve over n genuine and m impostor pairs (Hanley and McNeil 1982,
 * equation 2): variance = (A (1 - A) + (n - 1) (A / (2 - A) - A^2) + (m - 1) (2 A^2 / (1 + A) - A^2)) / (n m).
 * Pairs share photos, so the true error is larger.
 */
export function areaError({
  auc,
  genuinePairs: n,
  impostorPairs: m,
}: Pick<VerificationReport, 'auc' | 'genuinePairs' | 'impostorPairs'>): number {
  const square = auc * auc;
  const genuine = auc / (2 - auc) - square;
  const impostor = (2 * square) / (1 + auc) - square;
  return Math.sqrt(Math.max(0, auc * (1 - auc) + (n - 1) * genuine + (m - 1) * impostor) / (n * m));
}

/** What cannot be said for lack of people and photos to judge by; empty when there are enough. */
export function criterionRemark(criterion: Criterion): string | null {
  switch (criterion) {
    case 'verification':
      return null;
    case 'held-out':
      return 'Nobody was kept out of training to judge by, so the best epoch was chosen by its accuracy (where equal, by its loss) on held-out photos of the people trained on.';
    case 'last':
      return 'There was nothing held out to choose the best epoch by, so the last one was kept, without knowing whether it is better than the untrained network.';
  }
}
