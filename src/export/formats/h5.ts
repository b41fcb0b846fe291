import { networkIn, writeBundle } from '../keras/bundle.ts';
import { networkGraph } from '../keras/graph.ts';
import { readH5File, writeH5File } from '../keras/h5-file.ts';
import { rawEmbeddings } from '../raw-embeddings.ts';
import type { ExportFormat } from './format.ts';

const FILE = 'model.h5';

/** An HDF5 file in the form of Keras 2 with its manifest and a README, in a .zip. */
export const h5 = {
  id: 'h5',
  label: 'Keras 2 (HDF5)',
  contents: [
    {
      file: FILE,
      description: 'the backbone, which turns a face into an embedding; load it with keras.models.load_model',
    },
    {
      file: 'manifest.json',
      description:
        'how faces must be aligned and scaled, the people and their class centres, threshold, settings, results',
    },
    { file: 'README.md', description: 'example code in Python' },
  ],
  extension: '-h5.zip',
  tolerance: 1e-5,

  async write({ model, manifest, created }, signal) {
    const data = await writeH5File(networkGraph(model), created, signal);
    return writeBundle({ name: FILE, data }, manifest, created);
  },

  async verify(file, faces) {
    const model = await readH5File(await networkIn(file, FILE));
    try {
      return await rawEmbeddings(model, faces);
    } finally {
      model.dispose();
    }
  },
} satisfies ExportFormat;
