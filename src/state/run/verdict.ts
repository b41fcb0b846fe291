import { GOOD_ENOUGH, LEAST_GAIN, withinChance } from '../../config/judging.ts';
import { percent } from '../../lib/percent.ts';
import type { Run } from './run-store.ts';

/** What an ended run was worth, in one sentence. */
export interface Verdict {
  readonly kind: 'better' | 'within-chance' | 'not-better' | 'worse' | 'not-verified' | 'no-result';
  readonly sentence: string;
  /** What a person should know beside it; null where there is nothing. */
  readonly more: string | null;
}

type Judged = Pick<Run, 'status' | 'best' | 'baseline' | 'split' | 'config' | 'curve' | 'report'>;

/** @returns null while the run is active */
export function verdictOf(run: Judged): Verdict | null {
  switch (run.status) {
    case 'idle':
    case 'preparing':
    case 'running':
    case 'paused':
      return null;
    case 'failed':
      return {
        kind: 'no-result',
        sentence: run.best
          ? 'The run failed. Its model is lost; the charts stay.'
          : 'The run failed before the first epoch.',
        more: 'The message says why.',
      };
    case 'done':
    case 'stopped':
      return judged(run);
  }
}

function judged(run: Judged): Verdict {
  const { best, baseline, split, status } = run;
  if (!best || !split) {
    return { kind: 'no-result', sentence: 'Stopped before training began: there is no result.', more: null };
  }
  const kept = keptEpoch(run);
  const [before, after] = [baseline?.verification, best.verification];
  if (!before || !after) return notVerified(run, kept);
  const people = split.verificationPeople.length;
  const on = `On ${people} ${people === 1 ? 'person' : 'people'} it never saw, the model decides ${percent(after.accuracy)} of the pairs correctly`;
  if (best.epoch === 0) {
    const ended = status === 'stopped' ? 'until it was stopped' : 'with these settings';
    return {
      kind: 'not-better',
      sentence: `${on}, as before training: no epoch was better.`,
      more: `Training did not improve it ${ended}, so the network before training is kept.${enough(before.accuracy)}`,
    };
  }
  const gain = after.accuracy - before.accuracy;
  const chance = Math.max(LEAST_GAIN, withinChance(before.accuracy, before.genuinePairs));
  if (gain > chance) {
    return { kind: 'better', sentence: `${on} (${percent(before.accuracy)} before training).`, more: kept };
  }
  if (gain < -chance) {
    return {
      kind: 'worse',
      sentence: `${on}, fewer than before training (${percent(before.accuracy)}).`,
      more: `The area under the ROC curve grew from ${before.auc.toFixed(4)} to ${after.auc.toFixed(4)}, by which the epoch was chosen. ${kept}`,
    };
  }
  return {
    kind: 'within-chance',
    sentence: `${on}. Before training it was ${percent(before.accuracy)}: a difference within chance (±${percent(chance)}).`,
    more: `${kept}${enough(before.accuracy)}`,
  };
}

const enough = (before: number): string =>
  before >= GOOD_ENOUGH ? ' The network was good on your photos already: they hardly need training.' : '';

function notVerified({ best, split, config, baseline }: Judged, kept: string): Verdict {
  // A fraction of 0 was chosen; otherwise there were too few people.
  const why =
    config.heldOut.peopleFraction === 0
      ? 'No people were held out, as the settings ask, so how well it tells new people apart was not measured.'
      : 'There were too few people to hold some out, so how well it tells new people apart was not measured.';
  const validation = best?.heldOutAccuracy ?? null;
  if (validation === null) {
    return {
      kind: 'not-verified',
      sentence: 'Training has finished, but these data are too few to measure how good the model is.',
      more: `${why} ${kept}`,
    };
  }
  const before = baseline?.heldOutAccuracy ?? null;
  const people = split?.trainPeople ?? 0;
  return {
    kind: 'not-verified',
    sentence: `The model names the person correctly in ${percent(validation)} of the validation photos of ${people} people${before === null ? '' : ` (${percent(before)} before training)`}.`,
    more: `${why} ${kept}`,
  };
}

function keptEpoch({ best, curve, config, status }: Judged): string {
  const last = curve.at(-1)?.epoch ?? 0;
  const ended = status === 'stopped' ? `Stopped after epoch ${last} of ${config.epochs}. ` : '';
  if (!best) return ended.trim();
  return best.epoch === 0
    ? `${ended}The network before training is kept.`
    : `${ended}The best epoch, ${best.epoch} of ${last}, is kept.`;
}
