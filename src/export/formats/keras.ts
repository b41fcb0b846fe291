import { networkIn, writeBundle } from '../keras/bundle.ts';
import { networkGraph } from '../keras/graph.ts';
import { readKerasFile, writeKerasFile } from '../keras/keras-file.ts';
import { rawEmbeddings } from '../raw-embeddings.ts';
import type { ExportFormat } from './format.ts';

const FILE = 'model.keras';

/** A `.keras` file with its manifest and a README, in a .zip. */
export const keras = {
  id: 'keras',
  label: 'Keras 3',
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
  extension: '-keras.zip',
  tolerance: 1e-5,

  async write({ model, manifest, created }, signal) {
    const file = await writeKerasFile(networkGraph(model), created, signal);
    const data = new Uint8Array(await file.arrayBuffer());
    return writeBundle({ name: FILE, data }, manifest, created);
  },

  async verify(file, faces) {
    const model = await readKerasFile(new Blob([await networkIn(file, FILE)]));
    try {
      return await rawEmbeddings(model, faces);
    } finally {
      model.dispose();
    }
  },
} satisfies ExportFormat;
