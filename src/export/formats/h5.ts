import { kerasFormat } from '../keras/format.ts';
import { readH5File, writeH5File } from '../keras/h5-file.ts';

/** An HDF5 file in the form of Keras 2 with its manifest and a README, in a .zip. */
export const h5 = kerasFormat({
  id: 'h5',
  label: 'Keras 2 (HDF5)',
  extension: '-h5.zip',
  file: 'model.h5',
  write: writeH5File,
  read: readH5File,
});
