import { CARD_ROW } from '../documents/common-files.ts';
import { plainText } from '../documents/plain-text.ts';
import type { Manifest } from '../manifest.ts';
import { beforeUse, measurements, preparation } from '../readme.ts';
import { pythonSnippet } from './python-snippet.ts';

/**
 * The README.md of a download for Keras. Text from outside (the model's name) is escaped; the people are counted here and
 * named in the manifest only.
 *
 * @param file name of the network in the zip
 */
export function writeKerasReadme(manifest: Manifest, file: string): string {
  const { embedding, data, program } = manifest;
  return `# ${plainText(manifest.name)}

A face recogniser, trained with ${program.name} ${program.version} on ${manifest.created.slice(0, 10)} from
${data.trainPhotos} photos of ${data.trainPeople} people. The network turns an aligned face into ${embedding.size} numbers, its
*embedding*. Two photos show the same person when the angle between their embeddings is small.

| file | what it is |
|---|---|
| \`${file}\` | the network: \`keras.models.load_model("${file}", compile=False)\` |
| \`manifest.json\` | preprocessing, threshold, the people and their centres, settings, measurements |
| \`README.md\` | this page |
${CARD_ROW}

The network is ${file.endsWith('.h5') ? 'in the form of Keras 2, which Keras 3 reads too' : 'in the form of Keras 3'}. It holds standard layers only, all of them trainable, and is not compiled.

## How good it is

${measurements(manifest)}

${preparation(manifest)}

## Code

\`pip install keras pillow\` and one of Keras' backends, e.g. \`pip install jax\` (then set \`KERAS_BACKEND=jax\`). Save this
as \`face.py\` beside the model; \`python face.py one.png two.png\` compares two faces that are aligned already, \`align\`
does that for a photo and five points.

\`\`\`python
${pythonSnippet(manifest, file)}
\`\`\`

${beforeUse(manifest)}
`;
}
