import type { EpochReport, VerificationReport } from '../protocol/trainer.ts';

/** What an epoch is judged by; decided once for a run. */
export type Criterion = 'verification' | 'held-out' | 'last';

type Judged = Pick<EpochReport, 'verification' | 'heldOutAccuracy' | 'heldOutLoss'>;

/** The people held out of training where there are enough, else the photos held out, else nothing. */
export function chooseCriterion(untrained: Judged): Criterion {
  if (untrained.verification) return 'verification';
  return untrained.heldOutAccuracy === null ? 'last' : 'held-out';
}

/**
 * Whether an epoch is better than the best before. Judged by the area under the ROC curve, which uses every
 * pair and moves smoothly, where accuracy jumps with single pairs. Equal is not better: the network that was
 * changed less is kept.
 *
 * The untrained network (epoch 0) gives way only to more than noise: a gain above one standard error of its own area
 * (the "one standard error rule" of Breiman et al. 1984, section 3.4.3), or a smaller one that the photos held
 * out of the people trained on, other photos of other people, confirm. Among trained epochs the larger area wins.
 */
export function isBetter(
  criterion: Criterion,
  now: Judged,
  best: Judged & Pick<EpochReport, 'epoch'>,
): boolean {
  switch (criterion) {
    case 'verification': {
      const gain = (now.verification?.auc ?? 0) - (best.verification?.auc ?? 0);
      if (best.epoch > 0 || best.verification === null) return gain > 0;
      const confirmed = (now.heldOutAccuracy ?? 0) > (best.heldOutAccuracy ?? 0);
      return gain > (confirmed ? 0 : areaError(best.verification));
    }
    case 'held-out':
      // A dozen photos give few different accuracies; the loss tells equal ones apart.
      return now.heldOutAccuracy === best.heldOutAccuracy
        ? (now.heldOutLoss ?? 0) < (best.heldOutLoss ?? 0)
        : (now.heldOutAccuracy ?? 0) > (best.heldOutAccuracy ?? 0);
    case 'last':
      return true;
  }
}

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
