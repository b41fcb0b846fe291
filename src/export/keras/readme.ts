import type { Manifest } from '../manifest.ts';
import { measurements, plainText, scaling, templateText } from '../readme.ts';
import { pythonSnippet } from './python-snippet.ts';

/**
 * The README.md of a download for Keras. Text from outside (the model's name) is escaped; the people are counted here and
 * named in the manifest only.
 *
 * @param file name of the network in the zip
 */
export function writeKerasReadme(manifest: Manifest, file: string): string {
  const { preprocessing, embedding, data, program } = manifest;
  const { alignedSize, inputSize } = preprocessing;
  const resized =
    inputSize === alignedSize
      ? ''
      : ` Resize it to ${inputSize} x ${inputSize} by ${inputSize < alignedSize ? 'averaging areas' : 'bilinear interpolation'}.`;
  return `# ${plainText(manifest.name)}

A face recogniser, trained with ${program.name} ${program.version} on ${manifest.created.slice(0, 10)} from
${data.trainPhotos} photos of ${data.trainPeople} people. The network turns an aligned face into ${embedding.size} numbers, its
*embedding*. Two photos show the same person when the angle between their embeddings is small.

| file | what it is |
|---|---|
| \`${file}\` | the network: \`keras.models.load_model("${file}", compile=False)\` |
| \`manifest.json\` | preprocessing, threshold, the people and their centres, settings, measurements |
| \`README.md\` | this page |

The network is ${file.endsWith('.h5') ? 'in the form of Keras 2, which Keras 3 reads too' : 'in the form of Keras 3'}. It holds standard layers only, all of them trainable, and is not compiled.

## How good it is

${measurements(manifest)}

## How a face is prepared

1. **Find five points** in the photo with any face detector: both eyes, the tip of the nose, both corners of the
   mouth. Left and right are meant as seen in the picture.
2. **Align**: turn, scale and shift the photo (no stretching) so that the five points fall as nearly as possible, by
   least squares, on these of a ${alignedSize} x ${alignedSize} picture: ${templateText(manifest)}.${resized}
3. ${scaling(manifest)}
4. **Embed** the picture and its mirror image, add the two results, divide the sum by its length.

A face that is prepared in another way gives worse embeddings, without any error message.

## Code

\`pip install keras pillow\` and one of Keras' backends, e.g. \`pip install jax\` (then set \`KERAS_BACKEND=jax\`). Save this
as \`face.py\` beside the model; \`python face.py one.png two.png\` compares two faces that are aligned already, \`align\`
does that for a photo and five points.

\`\`\`python
${pythonSnippet(manifest, file)}
\`\`\`

## Before you use it

- The error rates hold for photos like those it was trained and measured on. Other cameras, light, ages or groups of
  people can do worse: measure on your own photos first.
- \`manifest.json\` holds the names of ${manifest.people.length} people with a description of each face. Treat it as personal data,
  and ask before you recognise anybody.
`;
}
