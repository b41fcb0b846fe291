import { FACE_SIZE } from '../../domain/faces.ts';
import { unreachable } from '../../lib/unreachable.ts';
import { CARD_ROW } from '../documents/common-files.ts';
import { plainText } from '../documents/plain-text.ts';
import { knownPeople, type Manifest } from '../manifest.ts';
import type { InputRange } from './input.ts';

/** The README.md of an ONNX download: for a person who has the zip and nothing else. */
export function onnxReadme(manifest: Manifest, taken: InputRange['taken']): string {
  const { preprocessing, embedding, data, threshold } = manifest;
  const { inputSize: size } = preprocessing;
  return `# ${plainText(manifest.name)}

A face recogniser, trained with ${plainText(manifest.program.name)} on ${manifest.created.slice(0, 10)} from ${data.trainPhotos} photos of
${data.trainPeople} people, as an ONNX file (operator set 17).

| file | what it is |
|---|---|
| \`model.onnx\` | the network: an aligned face in, its embedding out |
| \`manifest.json\` | alignment, threshold, the people and their centres, settings, measurements |
| \`README.md\` | this page |
${CARD_ROW}

- Input \`data\`: float32 [batch, 3, ${size}, ${size}], red, green, blue, ${scaling(taken)}${grey(manifest)}
- Output \`embedding\`: float32 [batch, ${embedding.size}], not normalised.
- A face must be aligned: turned, scaled and shifted so that eyes, nose and corners of the mouth fall as nearly as possible on the
  five points in \`manifest.json\` of a picture of ${FACE_SIZE} x ${FACE_SIZE} (insightface's template).${resizing(size)}
${threshold === null ? '' : `- Two photos show the same person when the cosine of their embeddings is at least ${threshold.cosine.toFixed(4)}.\n`}
## Code

\`pip install onnxruntime pillow\`, save this as \`compare.py\`, then \`python compare.py one.png two.png\` with two aligned faces. As in
training, the embeddings of a face and of its mirror image are added.

\`\`\`python
${snippet(manifest, taken)}
\`\`\`

## In other programs

${programs(size, embedding.size, taken)}

## Before you use it

- These programs compare with thresholds of their own, and without the mirror image: measure on your photos first.
- \`manifest.json\` holds the names of ${knownPeople(manifest).length} people with a description of each face. Treat it as personal data,
  and ask before you recognise anybody.
`;
}

function scaling(taken: InputRange['taken']): string {
  switch (taken) {
    case 'bytes':
      return 'bytes 0 to 255 as they are: the file scales them.';
    case 'symmetric':
      return '(byte - 127.5) / 127.5: the file does the rest.';
    default:
      return unreachable(taken);
  }
}

const grey = ({ preprocessing }: Manifest): string =>
  preprocessing.channels === 'luminance' ? ' The network sees luminance, which the file makes.' : '';

function resizing(size: number): string {
  if (size === FACE_SIZE) return '';
  const how = size < FACE_SIZE ? 'shrunk by averaging areas' : 'enlarged by bilinear interpolation';
  return ` This network takes ${size} x ${size}: the aligned picture is then ${how}.`;
}

function snippet({ preprocessing: { inputSize: size } }: Manifest, taken: InputRange['taken']): string {
  const resize =
    size === FACE_SIZE ? '' : `.resize((${size}, ${size}), Image.${size < FACE_SIZE ? 'BOX' : 'BILINEAR'})`;
  const scaled = taken === 'bytes' ? '' : '\n    rgb = (rgb - 127.5) / 127.5';
  return `import sys
import numpy as np
import onnxruntime
from PIL import Image

session = onnxruntime.InferenceSession("model.onnx", providers=["CPUExecutionProvider"])

def embed(path):
    face = Image.open(path).convert("RGB").resize((${FACE_SIZE}, ${FACE_SIZE}))${resize}
    rgb = np.asarray(face, np.float32)${scaled}
    both = np.stack([rgb, rgb[:, ::-1]]).transpose(0, 3, 1, 2)
    total = session.run(["embedding"], {"data": both})[0].sum(0)
    return total / np.linalg.norm(total)

one, two = (embed(path) for path in sys.argv[1:3])
print(f"cosine {one @ two:.4f}")`;
}

/** Where each program that takes such a file wants it. */
function programs(size: number, numbers: number, taken: InputRange['taken']): string {
  const fits = size === FACE_SIZE;
  const other = `takes pictures of ${FACE_SIZE} x ${FACE_SIZE} only, so this file, which takes ${size} x ${size}, does not fit`;
  switch (taken) {
    case 'bytes':
      return `- insightface: ${fits ? 'make a folder `~/.insightface/models/mine/` with this file and a detector, e.g. `det_10g.onnx`;' : `${other};`}
  \`insightface.app.FaceAnalysis(name="mine")\` finds both. The first nodes, \`Sub\` and \`Mul\`, tell it to hand over bytes.
- OpenCV: ${fits ? '`cv2.FaceRecognizerSF.create("model.onnx", "")` in place of SFace,' : `\`cv2.FaceRecognizerSF\` ${other};`}
  then \`alignCrop\` and \`feature\`. It may need a recent version (5 was tried).`;
    case 'symmetric':
      return `- Immich: in the machine-learning container, put it in place of \`/cache/facial-recognition/<model name>/recognition/model.onnx\`, then run
  face detection again for all photos. Immich stores 512 numbers a face; this file gives ${numbers}${numbers === 512 ? '' : ', so it does not fit: train with an embedding size of 512'}.
- Frigate: with \`model_size: large\`, put it in the place of its \`arcface.onnx\` before it starts, then save its faces anew. It aligns by
  the eyes only, so its crops differ from those that this network was trained on. There, a cosine of 0.37 is a score of 0.8.${fits ? '' : `\n- Both crop faces to ${FACE_SIZE} x ${FACE_SIZE}: this file, which takes ${size} x ${size}, does not fit.`}`;
    default:
      return unreachable(taken);
  }
}
