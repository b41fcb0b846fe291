import { writeArchive } from '../../lib/archive.ts';
import { throwIfAborted } from '../../lib/problem.ts';
import { cardContents, documents, manifestFile } from '../documents/common-files.ts';
import { writeSafetensorsReadme } from '../torch/readmes.ts';
import { describeForTorch, runTorchZip, writeWeights } from '../torch/torch-files.ts';
import type { ExportFormat } from './format.ts';

const FILE = 'model.safetensors';

/** All weights by PyTorch's names and in its layout in one .safetensors file, with a manifest and a README, in a .zip. */
export const safetensors = {
  id: 'safetensors',
  label: 'safetensors',
  contents: [
    { file: FILE, description: 'all weights and the class centres, by PyTorch’s names and in its layout' },
    {
      file: 'manifest.json',
      description: 'how faces are aligned and scaled, the people, threshold, settings',
    },
    { file: 'README.md', description: 'example code' },
    cardContents,
  ],
  extension: '-safetensors.zip',
  tolerance: 1e-4,

  async write(exported, signal) {
    const { manifest, created } = exported;
    const { described } = await describeForTorch(exported, signal);
    const { name, program, preprocessing, embedding, threshold, training } = manifest;
    const weights = await writeWeights(described, manifest, {
      name,
      program: `${program.name} ${program.version}`,
      created: manifest.created,
      preprocessing: JSON.stringify(preprocessing),
      embedding: JSON.stringify(embedding),
      threshold: JSON.stringify(threshold),
      training: JSON.stringify(training),
      network: JSON.stringify({ graph: described.graph }),
    });
    throwIfAborted(signal);
    const files = [
      ...documents(manifest, writeSafetensorsReadme(manifest)),
      manifestFile(manifest),
      { name: FILE, data: weights },
    ];
    return writeArchive(files, created);
  },

  verify: (file, faces) => runTorchZip(file, FILE, (_, opened) => opened.metadata.get('network'), faces),
} satisfies ExportFormat;
