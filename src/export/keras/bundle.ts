import { type ArchiveFile, readArchive, writeArchive } from '../../lib/archive.ts';
import { ProblemError } from '../../lib/problem.ts';
import type { Manifest } from '../manifest.ts';
import { writeKerasReadme } from './readme.ts';

/** The zip that a person gets: README.md, manifest.json and the network. */
export async function writeBundle(network: ArchiveFile, manifest: Manifest, date: Date): Promise<Blob> {
  const text = (name: string, content: string): ArchiveFile => ({
    name,
    data: new TextEncoder().encode(content),
  });
  return writeArchive(
    [
      text('README.md', writeKerasReadme(manifest, network.name)),
      text('manifest.json', JSON.stringify(manifest, null, 1)),
      network,
    ],
    date,
  );
}

/** The network out of such a zip. @throws ProblemError */
export async function networkIn(bundle: Blob, name: string): Promise<Uint8Array<ArrayBuffer>> {
  const found = (await readArchive(bundle)).get(name);
  if (found) return found;
  throw new ProblemError(`The zip lacks ${name}.`, 'Download the model again.');
}
