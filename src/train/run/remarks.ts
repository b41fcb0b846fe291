import { GOOD_ENOUGH } from '../../config/judging.ts';
import type { VerificationReport } from '../../domain/verification.ts';
import { percent } from '../../lib/percent.ts';

/**
 * Says what training changed on held-out people, and whether that is more than chance.
 *
 * The noise of an accuracy p over n decisions is sqrt(p (1 - p) / n); the difference of two measurements on
 * the same pairs is called significant when it is more than twice that. n is the number of genuine pairs: pairs share
 * photos, so counting all of them would claim too small an error.
 *
 * @param pretrained the network before training was a pretrained one
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
    return `Training helped: verification accuracy on held-out people rose from ${before} to ${after}.`;
  }
  const moved = `Training changed it to ${after}, which is within chance (about ±${percent(2 * noise)}).`;
  if (pretrained && p >= GOOD_ENOUGH) {
    return `Your data hardly need training: before it, verification accuracy on held-out people is ${before} already. ${moved}`;
  }
  return `Training did not measurably help: before it, verification accuracy on held-out people is ${before}. ${moved} More people, or photos more like those in use, would help most.`;
}
