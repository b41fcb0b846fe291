import type * as tfl from '@tensorflow/tfjs-layers';
import { toModelFiles } from '../../../src/export/model-json.ts';
import { saveNetwork } from '../../../src/export/saved-network.ts';
import { type ArchiveFile, writeArchive } from '../../../src/lib/archive.ts';

export interface Files {
  readonly json: string;
  readonly weights: Uint8Array<ArrayBuffer>;
}

/** What is saved of a model, which is disposed of. */
export async function filesOf(model: tfl.LayersModel): Promise<Files> {
  const { modelJson, weights } = toModelFiles(await saveNetwork(model));
  model.dispose();
  return { json: modelJson, weights: new Uint8Array(await weights.arrayBuffer()) };
}

/** A .zip of a model, with other files beside it. */
export async function zipOf(
  model: tfl.LayersModel,
  others: Readonly<Record<string, string>> = {},
): Promise<Blob> {
  const { json, weights } = await filesOf(model);
  const text = (name: string, content: string): ArchiveFile => ({
    name,
    data: new TextEncoder().encode(content),
  });
  return writeArchive(
    [
      text('model.json', json),
      { name: 'weights.bin', data: weights },
      ...Object.entries(others).map(([name, content]) => text(name, content)),
    ],
    new Date(0),
  );
}
