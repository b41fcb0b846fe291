import { writeArchive } from '../../lib/archive.ts';
import { throwIfAborted } from '../../lib/problem.ts';
import { cardContents, documents, textFile } from '../documents/common-files.ts';
import dataPy from '../torch/python/data.py?raw';
import modelPy from '../torch/python/model.py?raw';
import trainPy from '../torch/python/train.py?raw';
import { writeTorchReadme } from '../torch/readmes.ts';
import { describeForTorch, runTorchZip, textOf, WEIGHTS, writeWeights } from '../torch/torch-files.ts';
import type { ExportFormat } from './format.ts';

/** A folder that goes on training with PyTorch, in a .zip. */
export const torch = {
  id: 'torch',
  label: 'PyTorch',
  contents: [
    { file: 'model.py', description: 'the network as a plain torch.nn.Module' },
    {
      file: 'train.py, data.py',
      description:
        'training goes on with the settings of this run, on as many GPUs and machines as there are',
    },
    { file: 'weights.safetensors', description: 'the weights and the class centres' },
    { file: 'config.json', description: 'the network, the people, preprocessing, settings' },
    { file: 'README.md', description: 'requirements and example code' },
    cardContents,
  ],
  extension: '-torch.zip',
  tolerance: 1e-4,

  async write(exported, signal) {
    const { manifest, created } = exported;
    const { described, config } = await describeForTorch(exported, signal);
    const weights = await writeWeights(described, manifest, {});
    throwIfAborted(signal);
    const files = [
      ...documents(manifest, writeTorchReadme(manifest)),
      textFile('config.json', JSON.stringify(config, null, 1)),
      textFile('data.py', dataPy),
      textFile('model.py', modelPy),
      textFile('train.py', trainPy),
      { name: WEIGHTS, data: weights },
    ];
    return writeArchive(files, created);
  },

  verify: (file, faces) => runTorchZip(file, WEIGHTS, (files) => textOf(files, 'config.json'), faces),
} satisfies ExportFormat;
