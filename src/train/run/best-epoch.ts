import type { EpochReport } from '../../domain/training-report.ts';
import type { VerificationReport } from '../../domain/verification.ts';

/** What epochs are compared by; decided once for a run. */
export type Criterion = 'verification' | 'held-out' | 'last';

type SelectionFigures = Pick<EpochReport, 'verification' | 'heldOutAccuracy' | 'heldOutLoss'>;

/** Selects the best epoch as they come; the first is the untrained network. */
export class EpochSelector {
  readonly criterion: Criterion;
  private readonly untrained: SelectionFigures;
  private best: SelectionFigures;
  /** The epoch with the largest AUC, selected or not. */
  private peak: SelectionFigures;

  /** Compares by held-out people where there are enough, else by validation photos, else takes the last epoch. */
  constructor(untrained: SelectionFigures) {
    this.untrained = untrained;
    this.best = untrained;
    this.peak = untrained;
    if (untrained.verification) this.criterion = 'verification';
    else this.criterion = untrained.heldOutAccuracy === null ? 'last' : 'held-out';
  }

  /** Whether this epoch becomes the best one. */
  prefers(now: SelectionFigures): boolean {
    if (area(now) > area(this.peak)) this.peak = now;
    const better = this.isBetter(now);
    if (better) this.best = now;
    return better;
  }

  private isBetter(now: SelectionFigures): boolean {
    switch (this.criterion) {
      case 'verification':
        return this.best === this.untrained ? this.exceedsNoise(now) : this.verifiesBetter(now);
      case 'held-out':
        // A dozen photos give few different accuracies: equal ones are compared by loss.
        return now.heldOutAccuracy === this.best.heldOutAccuracy
          ? (now.heldOutLoss ?? 0) < (this.best.heldOutLoss ?? 0)
          : accuracy(now) > accuracy(this.best);
      case 'last':
        return true;
    }
  }

  /**
   * The untrained network is replaced only by a gain above noise: more than one standard error of its AUC (the "one
   * standard error rule" of Breiman et al. 1984, section 3.4.3), or a smaller gain that validation accuracy, on other
   * photos of other people, confirms.
   */
  private exceedsNoise(now: SelectionFigures): boolean {
    const confirmed = accuracy(now) > accuracy(this.untrained);
    return area(now) - area(this.untrained) > (confirmed ? 0 : errorOf(this.untrained));
  }

  /**
   * Among trained epochs: by the area under the ROC curve, which uses every pair and changes smoothly, where accuracy
   * jumps with single pairs. But areas within one standard error of the largest count as equal, as held-out people are
   * few; among these the best validation accuracy decides, then the larger area. None below the untrained network's.
   */
  private verifiesBetter(now: SelectionFigures): boolean {
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

/** A remark where there are too few people or photos for the usual criterion; null when there are enough. */
export function criterionRemark(criterion: Criterion): string | null {
  switch (criterion) {
    case 'verification':
      return null;
    case 'held-out':
      return 'No people were held out of training, so the best epoch was chosen by validation accuracy (where equal, by validation loss).';
    case 'last':
      return 'No people and no photos were held out, so the last epoch was kept; whether it is better than the untrained network is unknown.';
  }
}
