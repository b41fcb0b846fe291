import { isPretrained } from '../../config/backbone.ts';
import { GOOD_ENOUGH, LEAST_GAIN, withinChance } from '../../config/judging.ts';
import type { TrainingConfig } from '../../config/training-config.ts';
import type { VerificationReport } from '../../domain/verification.ts';
import { percent } from '../../lib/percent.ts';

/**
 * Says what training changed on held-out people, and whether that is more than chance.
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
  const chance = withinChance(p, baseline.genuinePairs);
  const before = percent(p);
  const after = percent(best.accuracy);
  if (gain > chance && gain > LEAST_GAIN) {
    return `Training helped: verification accuracy on held-out people rose from ${before} to ${after}.`;
  }
  const moved = `Training changed it to ${after}, which is within chance (about ±${percent(chance)}).`;
  if (pretrained && p >= GOOD_ENOUGH) {
    return `Your data hardly need training: before it, verification accuracy on held-out people is ${before} already. ${moved}`;
  }
  return `Training did not measurably help: before it, verification accuracy on held-out people is ${before}. ${moved} More people, or photos more like those in use, would help most.`;
}

/** Says how many of the held-out people the model does not know, whose faces were not embedded. */
export const missingRemark = (people: number): readonly string[] =>
  people === 0
    ? []
    : [
        `${people === 1 ? 'One of the held-out people is' : `${people} of the held-out people are`} not among those whom the model recognises: the run ended before their photos were embedded.`,
      ];

/** As {@link gainRemark}, where held-out people were verified with both networks. */
export function verifiedRemark(
  { backbone, preset }: Pick<TrainingConfig, 'backbone' | 'preset'>,
  { baseline, best }: { baseline: VerificationReport | null; best: VerificationReport | null },
): readonly string[] {
  if (!baseline || !best) return [];
  const pretrained = isPretrained(backbone) || (backbone.kind === 'custom' && preset !== 'scratch');
  return [gainRemark(baseline, best, pretrained)];
}
