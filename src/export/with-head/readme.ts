import type { TrainingConfig } from '../../config/training-config.ts';
import { unreachable } from '../../lib/unreachable.ts';
import type { Manifest } from '../manifest.ts';
import { HEAD_MODEL_FILE, HEAD_WEIGHTS_FILE, LAYER_FILE } from './head-files.ts';
import { headDifferences } from './head-margin.ts';

/** What the rate of a run is divided by: it had fallen by the end, and the snippet starts with what it gives. */
const SLOWER = 10;

export const HEAD_ROWS = `| \`${HEAD_MODEL_FILE}\`, \`${HEAD_WEIGHTS_FILE}\` | the network with the ArcFace layer on it, for training; it uses \`weights.bin\` too |
| \`${LAYER_FILE}\` | the code of that layer, which imports \`@tensorflow/tfjs\` only |`;

/** The section of a README that says how training goes on elsewhere. */
export function headReadme(manifest: Manifest): string {
  const { people, training } = manifest;
  const notes = [
    `A class is the number of a person in the list \`people\` of \`manifest.json\`, from 0 to ${people.length - 1}.`,
    'The margin is full from the first step; `head.marginStrength` (0 to 1) lets it grow.',
    training.preset === 'quick'
      ? 'Layers that the run did not train are frozen here too. To train all: `for (const layer of model.layers) layer.trainable = true`, with a smaller learning rate.'
      : null,
    ...headDifferences(training),
    'Afterwards, threshold, class centres and measurements in `manifest.json` are those of before: measure anew.',
  ].filter((note) => note !== null);
  return `## Continue training

\`${HEAD_MODEL_FILE}\` is the network with its head: it takes faces and their classes, and gives logits with the margin on the right
class. TensorFlow.js can load it once \`${LAYER_FILE}\` has been imported. In Node (\`npm install @tensorflow/tfjs sharp\`), save
this as \`train.mjs\` beside \`face.mjs\`, then \`node train.mjs 0=ada-1.png 0=ada-2.png 1=bob-1.png\`: aligned faces, each with its
class. It trains for one step on them as a batch, and saves the model, with its head and without.

\`\`\`js
${trainSnippet(manifest)}
\`\`\`

${notes.map((note) => `- ${note}`).join('\n')}

In a web page, an import map says where TensorFlow.js is; \`tf.loadLayersModel('${HEAD_MODEL_FILE}')\` then finds the rest:

\`\`\`html
<script type="importmap">
  { "imports": { "@tensorflow/tfjs": "https://cdn.jsdelivr.net/npm/@tensorflow/tfjs@4.22.0/+esm" } }
</script>
\`\`\``;
}

/** A program that loads the whole model, trains it for a step and saves it. */
function trainSnippet({ preprocessing: { alignedSize }, training }: Manifest): string {
  return `import { readFile, writeFile } from 'node:fs/promises';
import * as tf from '@tensorflow/tfjs';
import sharp from 'sharp';
import './${LAYER_FILE}';
import { toInput } from './face.mjs';

const { modelTopology, weightsManifest } = JSON.parse(await readFile('${HEAD_MODEL_FILE}', 'utf8'));
const weightSpecs = weightsManifest.flatMap(({ weights }) => weights);
const parts = weightsManifest.flatMap(({ paths }) => paths).map((path) => readFile(path));
const weightData = new Uint8Array(Buffer.concat(await Promise.all(parts))).buffer;
const model = await tf.loadLayersModel(tf.io.fromMemory({ modelTopology, weightSpecs, weightData }));
const head = model.layers.at(-1);
const backbone = tf.model({ inputs: model.inputs[0], outputs: head.input[0] });

const batch = process.argv.slice(2).map((argument) => argument.split('='));
async function faceOf(file) {
  const picture = sharp(file).removeAlpha().toColourspace('srgb').resize(${alignedSize}, ${alignedSize});
  return toInput(tf, await picture.raw().toBuffer());
}
const faces = tf.concat(await Promise.all(batch.map(([, file]) => faceOf(file))));
const classes = tf.tensor1d(batch.map(([number]) => Number(number)), 'int32');

const optimiser = ${optimiser(training)};
const loss = () => head.loss(backbone.apply(faces, { training: true }), classes);
const before = optimiser.minimize(loss, true);
console.log('loss', before.dataSync()[0], 'and after a step', loss().dataSync()[0]);

async function save(what, name) {
  await what.save(tf.io.withSaveHandler(async ({ modelTopology, weightSpecs, weightData }) => {
    const weightsManifest = [{ paths: [\`\${name}.bin\`], weights: weightSpecs }];
    await writeFile(\`\${name}.bin\`, new Uint8Array(weightData));
    await writeFile(\`\${name}.json\`, JSON.stringify({ format: 'layers-model', modelTopology, weightsManifest }));
    return { modelArtifactsInfo: { dateSaved: new Date(), modelTopologyType: 'JSON' } };
  }));
}
await save(model, 'trained-with-head');
await save(backbone, 'trained');`;
}

/** Of the run's kind. */
function optimiser({ optimiser: used, learningRate }: TrainingConfig): string {
  const rate = Number((learningRate / SLOWER).toPrecision(3));
  switch (used.kind) {
    case 'sgd':
      return `tf.train.momentum(${rate}, ${used.momentum}, ${used.nesterov})`;
    case 'adamw':
      return `tf.train.adam(${rate}, ${used.beta1}, ${used.beta2}, ${used.epsilon})`;
    default:
      return unreachable(used);
  }
}
