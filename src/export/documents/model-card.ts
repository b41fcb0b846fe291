import { backboneMeta } from '../../config/backbone.ts';
import { marginMeta } from '../../config/margin.ts';
import type { WeightPrecision } from '../../domain/export/weight-precision.ts';
import { operatingPoints } from '../../domain/operating-point.ts';
import { percent } from '../../lib/percent.ts';
import { wilsonInterval } from '../../lib/wilson.ts';
import { type Manifest, precisionOf } from '../manifest.ts';
import { plainText } from './plain-text.ts';

/** MODEL_CARD.md of a download: what the model is for, what it was trained and measured on, and where it must not be trusted. */
export function writeModelCard(manifest: Manifest): string {
  const { training, data, embedding, program } = manifest;
  const backbone = backboneMeta(training.backbone);
  return `# Model card: ${plainText(manifest.name)}

| | |
|---|---|
| Task | turns an aligned face into ${embedding.size} numbers; angles between them tell whether two photos show one person |
| Network | ${plainText(backbone.label)} |
| Loss | ${plainText(marginMeta(training.margin).label)}, scale ${manifest.scale.value.toFixed(1)} |
| Made with | ${program.name} ${program.version}, ${manifest.created.slice(0, 10)} |
| Weights | ${weightsText[precisionOf(manifest)]} |
| Licence of the pretrained part | ${licence(training)} |

## Trained on

${count(data.trainPhotos)} photos of ${people(data.trainPeople)}. The files beside this one hold their names and class centres, and no photo.
${validation(data)}${enrolledText(manifest)}
Where the photos come from, and whether the people agreed, only the person who trained it knows.

## Measured

${measured(manifest)}${precisionCost(manifest)}

## Limits

- The figures hold for photos like those it was measured on. Other cameras, light, ages, headwear or groups of people can do worse, and
  error rates differ between groups: measure on photos of the people it is meant for before anybody relies on it.
- One face against many is harder than one against one: with n people enrolled, a stranger has n chances to be taken for one of them.
- A photo of a photo passes as well as a face: it does not notice whether somebody is there.
- It is no evidence. A match says that two pictures are alike to this network.

## Consent and the law

The model holds a description of the face of each person whom it names. In many countries that is biometric data, which needs the
person's explicit consent or another legal ground (in the European Union: GDPR, article 9), and some uses, such as recognising people in
public places, are forbidden or restricted (EU Regulation 2024/1689, article 5). Ask the people, tell them what it is for, and delete it when
they ask you to.
`;
}

const validation = ({ heldOutPhotos }: Manifest['data']): string =>
  heldOutPhotos === 0
    ? 'No photos were kept apart for validation.'
    : `Validation: ${count(heldOutPhotos)} other photos of them.`;
const enrolledText = ({ enrolled }: Manifest): string =>
  enrolled.length === 0
    ? ''
    : `\nEnrolled after it: ${people(enrolled.length)} who were kept out of training, each with the mean of the embeddings; also named.`;

const weightsText: Readonly<Record<WeightPrecision, string>> = {
  float32: '32-bit floats, as trained',
  float16: 'rounded to 16-bit floats',
  int8: 'kernels rounded to 8-bit whole numbers with a scale for each output channel',
};

/** What it costs that weights are stored in fewer bits than they were measured with. */
function precisionCost({ weights }: Manifest): string {
  if (weights === undefined || weights.precision === 'float32') return '';
  const { cost } = weights;
  const measuredCost = cost
    ? `On ${count(cost.faces)} faces of people who were not trained on, the stored weights verify ${percent(cost.accuracy.stored, 2)} of the pairs and the trained ones ${percent(cost.accuracy.float32, 2)}.`
    : 'What the rounding costs was not measured.';
  return `\n\nAll this was measured before the weights were rounded for this file. ${measuredCost}`;
}

function measured({ threshold, metrics, data, remarks }: Manifest): string {
  const best = metrics.separateSet?.best ?? metrics.best.verification;
  const before = metrics.separateSet?.baseline ?? metrics.baseline.verification;
  const notes = remarks.map((remark) => `- ${plainSentence(remark)}`).join('\n');
  if (best === null || threshold === null) {
    return `Nothing: there were too few people to keep some out of training.${notes && `\n\n${notes}`}`;
  }
  const heldOut = threshold.measuredOn === 'people held out of training';
  const whom = heldOut
    ? `${count(data.verificationPhotos)} photos of ${people(data.verificationPeople)} who were kept out of training`
    : 'people of a separate verification set';
  const independent = (pairs: number): number =>
    Math.max(1, heldOut ? Math.min(pairs, data.verificationPhotos) : pairs);
  const rate = (share: number, pairs: number): string => {
    const [low, high] = wilsonInterval(share, independent(pairs));
    return `${percent(share, 2)} (95 % interval ${percent(low, 2)} to ${percent(high, 2)})`;
  };
  return `On ${whom}: ${count(best.genuinePairs)} genuine pairs (two photos of one person) and ${count(best.impostorPairs)} impostor
pairs (of two people).

| | this model | before training |
|---|---|---|
| Accuracy (cross-validated threshold) | ${percent(best.accuracy)} | ${before ? percent(before.accuracy) : '-'} |
| AUC | ${best.auc.toFixed(4)} | ${before ? before.auc.toFixed(4) : '-'} |
| Equal error rate | ${percent(best.eer)} | ${before ? percent(before.eer) : '-'} |

At the threshold of ${threshold.angleDegrees.toFixed(1)} degrees (cosine ${threshold.cosine.toFixed(4)}):

- False accept rate (two people taken for one): ${rate(threshold.falseAcceptRate, threshold.impostorPairs)}
- False reject rate (one person taken for two): ${rate(threshold.falseRejectRate, threshold.genuinePairs)}

${howMeasured(threshold)}

${
  heldOut
    ? 'Intervals count each photo once, since the pairs of one photo are not independent.'
    : 'Intervals take the pairs for independent, which they are not where photos appear in several: the true ones are wider.'
} They say nothing about
people of another kind than those measured.${notes && `\n\nRemarks of the run:\n\n${notes}`}`;
}

/** Of what the run started from. */
function licence({ backbone }: Manifest['training']): string {
  const { licence: given, origin } = backboneMeta(backbone);
  if (given !== undefined) return given;
  return origin === 'custom'
    ? 'that of the model which the person brought: ask them'
    : 'no part is pretrained: training started from random weights';
}

/** How the rates at the threshold were counted. */
function howMeasured({ operatingPoint, rates }: NonNullable<Manifest['threshold']>): string {
  const { label, about } = operatingPoints[operatingPoint ?? 'best-accuracy'];
  const chosen = `The threshold was chosen at: ${label} (${about}).`;
  return rates === 'cross-validated'
    ? `${chosen} The rates are cross-validated: each\npart of the pairs was decided with the threshold chosen on the other parts.`
    : `${chosen} The rates were counted on\nthe very pairs that it was chosen on, so they are a little too good.`;
}

const count = (value: number): string => value.toLocaleString('en');
const people = (value: number): string => (value === 1 ? '1 person' : `${count(value)} people`);

/** Text of the program with names from outside in it: no markup. */
const plainSentence = (text: string): string => text.replace(/[\p{Cc}\p{Cf}<>`|[\]*_]+/gu, ' ').trim();
