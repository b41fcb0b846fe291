import type { ModelFile } from '../domain/model-file.ts';
import { startProcessor } from '../engine/selection/start-processor.ts';
import { throwIfAborted } from '../lib/problem.ts';
import { inputChannels, inputEdge } from '../model/embed.ts';
import { pixelsToTensor } from '../model/preprocess.ts';
import { drawnPictures, selfTestPicture } from './check/test-pictures.ts';
import { writeChecked } from './check/write-checked.ts';
import type { ExportFormat } from './formats/format.ts';
import { loadModelZip } from './load.ts';
import { rangeOfManifest } from './manifest.ts';

/** Pictures that a file is checked with, beside the one of the self-test: there are no faces in a download. */
const DRAWN = 7;

export interface ConvertRequest {
  readonly format: ExportFormat;
  /** A downloaded .zip. */
  readonly model: Blob;
  /** What the file is to be called. */
  readonly name: string;
}

/** Writes a model that was downloaded before in another format, and checks the file. @throws ProblemError, CancelledError */
export async function convertModel(
  { format, model: file, name }: ConvertRequest,
  signal: AbortSignal,
): Promise<ModelFile> {
  await startProcessor();
  const { model, manifest } = await loadModelZip(file);
  try {
    throwIfAborted(signal);
    const edge = inputEdge(model);
    const pictures = [Uint8Array.from(selfTestPicture(edge)), ...drawnPictures(DRAWN, edge)];
    const sampleFaces = pixelsToTensor(pictures, edge, rangeOfManifest(manifest), inputChannels(model));
    try {
      const created = new Date(manifest.created);
      return await writeChecked({ format, model, manifest, created, sampleFaces, name }, signal);
    } finally {
      sampleFaces.dispose();
    }
  } finally {
    model.dispose();
  }
}
