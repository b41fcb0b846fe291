import { CARD_ROW } from '../documents/common-files.ts';
import { plainText } from '../documents/plain-text.ts';
import { knownPeople, type Manifest } from '../manifest.ts';
import { notCarriedOver } from './training-settings.ts';

/** The README.md of a folder that goes on training with PyTorch. */
export function writeTorchReadme(manifest: Manifest): string {
  const { embedding, people, preprocessing, training } = manifest;
  const differences = notCarriedOver(training);
  return `# ${plainText(manifest.name)}, for PyTorch

${origin(manifest)}

| file | what it is |
|---|---|
| \`model.py\` | the network as a plain \`torch.nn.Module\`, and a reader of .safetensors files |
| \`train.py\` | goes on training it, on as many GPUs and machines as there are |
| \`data.py\` | reads aligned faces from folders |
| \`weights.safetensors\` | the weights, and the class centres \`centres\` [${people.length}, ${embedding.size}] |
| \`config.json\` | the network node by node, the people, how faces are scaled, the settings of the run |
${CARD_ROW}

## Requirements

Python 3.9 or newer, PyTorch 1.13 or newer, Pillow: \`pip install torch pillow\`.

## Embeddings

\`\`\`python
import torch
from data import Faces
from model import load

network, config, centres = load(".")
faces = Faces(["one.png", "two.png"], [0, 0], config["preprocessing"])  # aligned, ${preprocessing.alignedSize} x ${preprocessing.alignedSize}
pictures = torch.stack([faces[i, mirrored][0] for i in range(2) for mirrored in (False, True)])
with torch.no_grad():
    one, two = torch.nn.functional.normalize(network(pictures).reshape(2, 2, -1).sum(1))
print("cosine", (one @ two).item())
\`\`\`
${threshold(manifest)}
## Training

\`\`\`sh
torchrun --nproc_per_node 8 train.py --data crops --out trained          # the GPUs of one machine
torchrun --nnodes 4 --nproc_per_node 8 --rdzv_backend c10d --rdzv_endpoint HOST:29500 \\
    train.py --data crops --out trained                                 # on each of four machines
python train.py --data crops --out trained                              # one process, also without a GPU
python train.py --help
\`\`\`

\`crops\` has one folder per person with aligned faces of ${preprocessing.alignedSize} x ${preprocessing.alignedSize} pixels. The program that this folder comes from writes
it: Export, "Data set as prepared", or \`npm run headless -- crops\`. Where it has a \`split.csv\`, only what the run trained on is
trained on. People of the run keep their class centres; people whom it did not know start from the mean of their
faces. \`--fresh-head\` forgets the people of the run.

- PyTorch 1.13 with Python 3.11 (Debian 12) needs \`torchrun --redirects 9:1 --tee 9:1 ...\`: it cannot read its own defaults there.
- Several processes train as one (DistributedDataParallel; nccl on GPUs, gloo on CPUs). \`--batch-size\` is of each process, and
  so are the statistics of batch-norm. With n times as many faces a step, a larger \`--rate\` is usual.
- On a GPU it computes in float16 with a gradient scaler (\`--precision\`).
- \`--sample-centres 0.1\` compares each step with a tenth of the class centres (Partial FC). Every process holds all of them.
- \`--checkpoint-every N\` writes \`checkpoint.pt\`; \`--resume\` goes on from it, with the same number of processes in the same steps.
- The result in \`--out\` is a folder like this one. Its threshold is empty: measure it anew.
- The margin is full from the first step, because the network has learned with it; \`--margin-warmup 0.3\` lets it grow.
${training.preset === 'quick' ? '- The run trained the end of the network only, and so does this; `--train-all` trains all of it, best with a smaller `--rate`.\n' : ''}
${differences.length > 0 ? `What differs from the run:\n\n${differences.map((line) => `- ${line}`).join('\n')}\n` : 'All other settings are those of the run.\n'}
${caution(people.length)}`;
}

/** The README.md beside a .safetensors file. */
export function writeSafetensorsReadme(manifest: Manifest): string {
  const { embedding, people, preprocessing } = manifest;
  return `# ${plainText(manifest.name)}, as .safetensors

${origin(manifest)}

\`model.safetensors\` has all weights by PyTorch's names and in its layout: convolutions [out, in / groups, h, w], dense layers [out, in],
batch-norms \`weight\`, \`bias\`, \`running_mean\`, \`running_var\`; and \`centres\` [${people.length}, ${embedding.size}], the class centres of the people in
the order of \`manifest.json\`. A dense layer behind a feature map takes it in the order height, width, channel. The header's
metadata (texts, JSON inside) has \`preprocessing\`, \`embedding\`, \`threshold\`, \`training\` and, in \`network\`, the network node by node.

\`\`\`python
import json
from safetensors import safe_open  # pip install safetensors torch

with safe_open("model.safetensors", framework="pt") as file:
    graph = json.loads(file.metadata()["network"])["graph"]
    weights = {name: file.get_tensor(name) for name in file.keys()}
for node in graph["nodes"]:
    print(node["op"], node["name"], [tuple(w.shape) for name, w in weights.items() if name.startswith(node["name"] + ".")])
\`\`\`

The download for PyTorch has the same weights with a module that computes them. The network takes aligned faces of
${preprocessing.inputSize} x ${preprocessing.inputSize} pixels; how they are aligned and scaled is in \`manifest.json\`. \`MODEL_CARD.md\`
has what it was trained on, error rates with their intervals, limits, licence and consent.
${threshold(manifest)}
${caution(knownPeople(manifest).length)}`;
}

const origin = ({ program, created, data, embedding }: Manifest): string =>
  `A face recogniser, trained with ${program.name} ${program.version} on ${created.slice(0, 10)} from ${data.trainPhotos} photos of ${data.trainPeople} people. It turns an
aligned face into ${embedding.size} numbers, its *embedding*.`;

const threshold = ({ threshold: found }: Manifest): string =>
  found
    ? `\nTwo photos show the same person when the cosine of their embeddings, each the normalised sum of that of the face and of
its mirror image, is at least ${found.cosine.toFixed(4)}.\n`
    : '';

const caution = (people: number): string => `## Before you use it

The files name ${people} people and describe their faces. Treat them as personal data, and ask before you recognise anybody.
`;
