import { present } from '../../../lib/assert.ts';

type Hdf5 = typeof import('h5wasm');
let loading: Promise<Hdf5> | null = null;

/** HDF5's own library as WebAssembly: a file of 4 MB of the page, loaded when the first model is written. */
export function loadHdf5(): Promise<Hdf5> {
  loading ??= import('h5wasm').then(async (module) => {
    await module.ready;
    return module;
  });
  loading.catch(() => {
    loading = null; // tried again
  });
  return loading;
}

/** Files live in the library's own memory; work with each is synchronous, so that one name is enough. */
const PATH = '/model.h5';

/** Writes a file whose objects are all of one date, so that the same content gives the same bytes. @returns its bytes */
export async function withNewFile(
  date: Date,
  write: (file: InstanceType<Hdf5['File']>) => void,
): Promise<Uint8Array<ArrayBuffer>> {
  const library = await loadHdf5();
  const files = present(library.FS, 'the files of HDF5');
  try {
    atTime(date, () => {
      const file = new library.File(PATH, 'w', { libver: ['earliest', 'latest'] });
      try {
        write(file);
      } finally {
        file.close();
      }
    });
    return new Uint8Array(files.readFile(PATH)); // a copy
  } finally {
    files.unlink(PATH);
  }
}

/**
 * The library stamps datasets with the time and has no setting against that; it asks `Date.now`. The work is synchronous,
 * so nothing else sees the clock stand still.
 */
function atTime(date: Date, work: () => void): void {
  const { now } = Date;
  Date.now = () => date.getTime();
  try {
    work();
  } finally {
    Date.now = now;
  }
}

/** Reads a file out of its bytes. */
export async function withFile<T>(
  bytes: Uint8Array,
  read: (file: InstanceType<Hdf5['File']>) => T,
): Promise<T> {
  const library = await loadHdf5();
  const files = present(library.FS, 'the files of HDF5');
  files.writeFile(PATH, bytes);
  try {
    const file = new library.File(PATH, 'r');
    try {
      return read(file);
    } finally {
      file.close();
    }
  } finally {
    files.unlink(PATH);
  }
}
