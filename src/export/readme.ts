import { type OperatingPoint, operatingPoints } from '../domain/operating-point.ts';
import { radians, toDegrees } from '../lib/brand.ts';
import { percent } from '../lib/percent.ts';
import { CARD_ROW } from './documents/common-files.ts';
import { plainText } from './documents/plain-text.ts';
import { knownPeople, type Manifest } from './manifest.ts';
import { browserSnippet, faceModule, nodeSnippet } from './snippets.ts';

/** What the README of a download with its head says besides. */
interface HeadSection {
  /** Rows of the table of files. */
  readonly files: string;
  /** How training goes on. */
  readonly training: string;
}

/**
 * The README.md of a download: for a person who has the zip and nothing else. Text from outside (the model's name) is
 * escaped; the people are counted here and named in the manifest only.
 *
 * @param head of a download with its head
 */
export function writeReadme(manifest: Manifest, head: HeadSection | null = null): string {
  const { embedding, data, program } = manifest;
  return `# ${plainText(manifest.name)}

A face recogniser, trained with ${program.name} ${program.version} on ${manifest.created.slice(0, 10)} from
${data.trainPhotos} photos of ${data.trainPeople} people. The network turns an aligned face into ${embedding.size} numbers, its
*embedding*. Two photos show the same person when the angle between their embeddings is small.

| file | what it is |
|---|---|
| \`model.json\`, \`weights.bin\` | the network, a TensorFlow.js Layers model: loads with plain \`tf.loadLayersModel\` |
| \`manifest.json\` | preprocessing, threshold, the people and their centres, settings, measurements |
| \`README.md\` | this page |
${CARD_ROW}${head ? `\n${head.files}` : ''}

## How good it is

${measurements(manifest)}

${preparation(manifest)}

## Code

Save this as \`face.mjs\` beside the model. It does steps 2 to 4 and needs nothing but TensorFlow.js.

\`\`\`js
${faceModule(manifest)}
\`\`\`

### In a web page

Serve the folder over http. \`photo.jpg\` and the five points are yours.

\`\`\`html
${browserSnippet(manifest)}
\`\`\`

### In Node

\`npm install @tensorflow/tfjs sharp\`, save this as \`compare.mjs\`, then
\`node compare.mjs one.png two.png\` with two faces that are aligned already (step 2).

\`\`\`js
${nodeSnippet(manifest)}
\`\`\`

To name a person, compare an embedding with each \`centre\` in \`manifest.json\`${enrolledToo(manifest)} in the same way:
the nearest one is the best guess, and when even that is past the threshold the answer is "unknown". The threshold was measured
between pairs of photos; a centre stands for many photos, so check it with some of your own.
${head ? `\n${head.training}\n` : ''}
${beforeUse(manifest)}
`;
}

const enrolledToo = ({ people, enrolled }: Manifest): string =>
  enrolled.length === 0
    ? ''
    : `, of the ${people.length} under \`people\`, who were trained on, and of the ${enrolled.length} under
\`enrolled\`, who were held out and then enrolled by their photos,`;

/** How a face becomes the input of the network, and two of its outputs an embedding: the same for every format. */
export function preparation(manifest: Manifest): string {
  const { preprocessing } = manifest;
  const { alignedSize, inputSize } = preprocessing;
  const shrunk =
    inputSize === alignedSize
      ? ''
      : inputSize < alignedSize
        ? ` The aligned picture is then shrunk to ${inputSize} x ${inputSize} by averaging areas.`
        : ` The aligned picture is then enlarged to ${inputSize} x ${inputSize} by bilinear interpolation.`;
  return `## How a face is prepared

1. **Find five points** in the photo with any face detector: both eyes, the tip of the nose, both corners of the
   mouth. Left and right are meant as seen in the picture.
2. **Align**: turn, scale and shift the photo (no stretching) so that the five points fall as nearly as possible, by
   least squares, on these of a ${alignedSize} x ${alignedSize} picture: ${templateText(manifest)}.${shrunk}
3. ${scaling(manifest)}
4. **Embed** the picture and its mirror image, add the two results, divide the sum by its length.

A face that is prepared in another way gives worse embeddings, without any error message.`;
}

/** What to think of before anybody is recognised. */
export function beforeUse(manifest: Manifest): string {
  return `## Before you use it

- The error rates hold for photos like those it was trained and measured on. Other cameras, light, ages or groups of
  people can do worse: measure on your own photos first.
- \`manifest.json\` holds the names of ${knownPeople(manifest).length} people with a description of each face. Treat it as personal data,
  and ask before you recognise anybody.`;
}

/** One number, or one for each channel. */
const shown = (value: number | readonly number[]): string =>
  typeof value === 'number' ? String(value) : `[${value.join(', ')}]`;

export function measurements({ threshold, metrics }: Manifest): string {
  const best = metrics.separateSet?.best ?? metrics.best.verification;
  const baseline = metrics.separateSet?.baseline ?? metrics.baseline.verification;
  if (threshold === null || best === null) {
    return 'There were too few people to keep some out of training, so nothing could be measured on people it has not\nseen, and there is no threshold. Find one with pairs of photos of your own.';
  }
  const whom =
    threshold.measuredOn === 'separate verification set'
      ? 'people of a separate set'
      : 'people kept out of training';
  const compared = baseline === null ? '' : ` Before training: ${percent(baseline.accuracy)}.`;
  return `Measured on ${whom}, ${best.genuinePairs} pairs of one person and ${best.impostorPairs} of two: ${percent(best.accuracy)} right
decisions (both kinds of pairs weighted equally), equal error rate ${percent(best.eer)}.${compared}

Threshold: the same person when the angle is at most **${threshold.angleDegrees.toFixed(1)} degrees** (cosine at least ${threshold.cosine.toFixed(4)}).
There, ${percent(threshold.falseAcceptRate)} of the pairs of two people are taken for one person, and ${percent(threshold.falseRejectRate)} of the pairs of
one person are not recognised.${howChosen(threshold)}${others(best.operatingPoints)}`;
}

/** What a threshold stands for, and on which pairs its rates were counted. */
function howChosen({ operatingPoint, rates }: NonNullable<Manifest['threshold']>): string {
  const { label, about } = operatingPoints[operatingPoint ?? 'best-accuracy'];
  const counted =
    rates === 'cross-validated'
      ? 'These rates are cross-validated: each tenth of the pairs, or\neach fold of a pairs file, was decided with the threshold chosen on the others.'
      : 'These rates were counted on the pairs that\nthe threshold was chosen on, so they are a little too good.';
  return `\nIt was chosen at: ${label} (${about}). ${counted}`;
}

/** The thresholds that could be chosen instead. */
function others(points: readonly OperatingPoint[]): string {
  if (points.length === 0) return '';
  const rows = points.map(
    ({ name, threshold, far, frr }) =>
      `| ${operatingPoints[name].label} | ${threshold.toFixed(4)} | ${toDegrees(radians(Math.acos(threshold))).toFixed(1)} | ${percent(far, 2)} | ${percent(frr, 2)} |`,
  );
  return `

| operating point | cosine | angle in degrees | false accept rate | false reject rate |
|---|---|---|---|---|
${rows.join('\n')}`;
}

function templateText({ alignment: { points } }: Manifest): string {
  const shown = (point: readonly number[]): string => `(${point.join(', ')})`;
  return `left eye ${shown(points.leftEye)}, right eye ${shown(points.rightEye)}, nose ${shown(points.nose)}, mouth corners
   ${shown(points.leftMouthCorner)} and ${shown(points.rightMouthCorner)}`;
}

function scaling({ preprocessing: { channels, mean, divisor } }: Manifest): string {
  if (channels === 'RGB') {
    return `**Scale** each byte of red, green and blue, in this order: (byte - ${shown(mean)}) / ${shown(divisor)}.`;
  }
  return `**Make it grey**: 0.299 red + 0.587 green + 0.114 blue of each pixel (luminance by ITU-R BT.601, not rounded), one
   channel. **Scale** it: (luminance - ${shown(mean)}) / ${shown(divisor)}.`;
}
