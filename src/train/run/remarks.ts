import { GOOD_ENOUGH } from '../../config/judging.ts';
import type { VerificationReport } from '../../domain/verification.ts';
import { percent } from '../../lib/percent.ts';

/**
 * Says in plain words what training was worth on people never seen.
 *
 * The noise of an accuracy p over n decisions is sqrt(p (1 - p) / n); the difference of two measurements on
 * the same pairs is called real when it is more than twice that. n is the number of genuine pairs: pairs share
 * photos, so counting all of them would promise more than they can tell.
 *
 * @param pretrained the untrained network had been trained elsewhere, on other people
 */
export function gainRemark(
  baseline: VerificationReport,
  best: VerificationReport,
  pretrained: boolean,
): string {
  const gain = best.accuracy - baseline.accuracy;
  const p = baseline.accuracy;
  const noise = Math.sqrt((p * (1 - p)) / Math.max(1, baseline.genuinePairs));
  const before = percent(p);
  const after = percent(best.accuracy);
  if (gain > 2 * noise && gain > 0.005) {
    return `Training helped: on people it has never seen the network now decides ${after} of the pairs rightly, untrained ${before}.`;
  }
  const moved = `Training moved that to ${after}, which chance alone could do (about ±${percent(2 * noise)}).`;
  if (pretrained && p >= GOOD_ENOUGH) {
    return `Your data hardly need training: the untrained network already decides ${before} of the pairs of people it has never seen rightly. ${moved}`;
  }
  return `Training did not measurably help on people it has never seen: the untrained network decides ${before} of the pairs rightly. ${moved} More people, or photos more like those in use, would help most.`;
}
