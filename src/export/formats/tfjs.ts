import { type ArchiveFile, writeArchive } from '../../lib/archive.ts';
import { throwIfAborted } from '../../lib/problem.ts';
import { loadModelZip } from '../load.ts';
import { precisionOf } from '../manifest.ts';
import { writeModelCard } from '../model-card.ts';
import { toModelFiles, WEIGHTS_FILE } from '../model-json.ts';
import { rawEmbeddings } from '../raw-embeddings.ts';
import { writeReadme } from '../readme.ts';
import { saveNetwork } from '../saved-network.ts';
import type { ExportFormat } from './format.ts';

/** A TensorFlow.js Layers model with its manifest and a README, in a .zip. */
export const tfjs = {
  id: 'tfjs',
  label: 'TensorFlow.js',
  contents: [
    {
      file: 'model.json and weights',
      description: 'the backbone, which turns a face into an embedding; load it with tf.loadLayersModel',
    },
    {
      file: 'manifest.json',
      description:
        'how faces must be aligned and scaled, the people and their class centres, threshold, settings, results',
    },
    { file: 'README.md', description: 'example code' },
    {
      file: 'MODEL_CARD.md',
      description: 'what it was trained on, its error rates with intervals, limits, licence',
    },
  ],
  extension: '.zip',
  tolerance: 1e-5,

  async write({ model, manifest, created }, signal) {
    const { modelJson, weights } = toModelFiles(await saveNetwork(model), precisionOf(manifest));
    throwIfAborted(signal);
    return writeArchive(
      [
        text('README.md', writeReadme(manifest)),
        text('MODEL_CARD.md', writeModelCard(manifest)),
        text('manifest.json', JSON.stringify(manifest, null, 1)),
        text('model.json', modelJson),
        { name: WEIGHTS_FILE, data: weights },
      ],
      created,
    );
  },

  async verify(file, faces) {
    const { model } = await loadModelZip(file);
    try {
      return await rawEmbeddings(model, faces);
    } finally {
      model.dispose();
    }
  },
} satisfies ExportFormat;

function text(name: string, content: string): ArchiveFile {
  return { name, data: new TextEncoder().encode(content) };
}
