import { kerasFormat } from '../keras/format.ts';
import { readKerasFile, writeKerasFile } from '../keras/keras-file.ts';

/** A `.keras` file with its manifest and a README, in a .zip. */
export const keras = kerasFormat({
  id: 'keras',
  label: 'Keras 3',
  extension: '-keras.zip',
  file: 'model.keras',
  write: async (...args) => new Uint8Array(await (await writeKerasFile(...args)).arrayBuffer()),
  read: (file) => readKerasFile(new Blob([file])),
});
