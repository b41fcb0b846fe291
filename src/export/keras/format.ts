import type { LayersModel } from '@tensorflow/tfjs-layers';
import type { WeightPrecision } from '../../domain/export/weight-precision.ts';
import { type ArchiveFile, readArchive, writeArchive } from '../../lib/archive.ts';
import { ProblemError } from '../../lib/problem.ts';
import { cardContents, documents, manifestFile } from '../documents/common-files.ts';
import type { ExportFormat } from '../formats/format.ts';
import { type Manifest, precisionOf } from '../manifest.ts';
import { rawEmbeddings } from '../raw-embeddings.ts';
import { type NetworkGraph, networkGraph } from './graph.ts';
import { writeKerasReadme } from './readme.ts';

/** The zip that a person gets: what there is to read, the manifest and the network. */
async function writeBundle(network: ArchiveFile, manifest: Manifest, date: Date): Promise<Blob> {
  const readme = writeKerasReadme(manifest, network.name);
  return writeArchive([...documents(manifest, readme), manifestFile(manifest), network], date);
}

/** The network out of such a zip. @throws ProblemError */
async function networkIn(bundle: Blob, name: string): Promise<Uint8Array<ArrayBuffer>> {
  const found = (await readArchive(bundle)).get(name);
  if (found) return found;
  throw new ProblemError(`The zip lacks ${name}.`, 'Download the model again.');
}

type Bytes = Uint8Array<ArrayBuffer>;

/** What tells the two formats apart. */
interface KerasFile extends Pick<ExportFormat, 'id' | 'label' | 'extension'> {
  /** Name of the network in the zip. */
  readonly file: string;
  write(network: NetworkGraph, date: Date, signal: AbortSignal, precision: WeightPrecision): Promise<Bytes>;
  /** @throws ProblemError */
  read(file: Bytes): Promise<LayersModel>;
}

/** A format of a download that Keras loads: one file with the network, a manifest and a README, in a .zip. */
export const kerasFormat = ({ file, write, read, ...names }: KerasFile): ExportFormat => ({
  ...names,
  contents: [
    {
      file,
      description: 'the backbone, which turns a face into an embedding; load it with keras.models.load_model',
    },
    {
      file: 'manifest.json',
      description:
        'how faces must be aligned and scaled, the people and their class centres, threshold, settings, results',
    },
    { file: 'README.md', description: 'example code in Python' },
    cardContents,
  ],
  tolerance: 1e-5,

  async write({ model, manifest, created }, signal) {
    const data = await write(networkGraph(model), created, signal, precisionOf(manifest));
    return writeBundle({ name: file, data }, manifest, created);
  },

  async verify(bundle, faces) {
    const model = await read(await networkIn(bundle, file));
    try {
      return await rawEmbeddings(model, faces);
    } finally {
      model.dispose();
    }
  },
});
