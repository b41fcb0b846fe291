import type { EpochReport } from '../protocol/trainer.ts';

/** What an epoch is judged by; decided once for a run. */
export type Criterion = 'verification' | 'held-out' | 'last';

type Judged = Pick<EpochReport, 'verification' | 'heldOutAccuracy'>;

/** The people held out of training where there are enough, else the photos held out, else nothing. */
export function chooseCriterion(untrained: Judged): Criterion {
  if (untrained.verification) return 'verification';
  return untrained.heldOutAccuracy === null ? 'last' : 'held-out';
}

/**
 * Whether an epoch is better than the best before. Judged by the area under the ROC curve, which uses every
 * pair and moves smoothly, where accuracy jumps with single pairs. Equal is not better: the network that was
 * changed less is kept.
 */
export function isBetter(criterion: Criterion, now: Judged, best: Judged): boolean {
  switch (criterion) {
    case 'verification':
      return (now.verification?.auc ?? 0) > (best.verification?.auc ?? 0);
    case 'held-out':
      return (now.heldOutAccuracy ?? 0) > (best.heldOutAccuracy ?? 0);
    case 'last':
      return true;
  }
}

/** What cannot be said for lack of people and photos to judge by; empty when there are enough. */
export function criterionRemark(criterion: Criterion): string | null {
  switch (criterion) {
    case 'verification':
      return null;
    case 'held-out':
      return 'Nobody was kept out of training to judge by, so the best epoch was chosen by its accuracy on held-out photos of the people trained on.';
    case 'last':
      return 'There was nothing held out to choose the best epoch by, so the last one was kept, without knowing whether it is better than the untrained network.';
  }
}
