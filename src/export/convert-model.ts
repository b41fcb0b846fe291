import type { ModelFile } from '../domain/export/model-file.ts';
import type { WeightPrecision } from '../domain/export/weight-precision.ts';
import { startProcessor } from '../engine/selection/start-processor.ts';
import { throwIfAborted } from '../lib/problem.ts';
import { inputChannels, inputEdge } from '../model/embed.ts';
import { pixelsToTensor } from '../model/preprocess.ts';
import { embedSelfTest } from './check/self-test.ts';
import { drawnPictures, selfTestPicture } from './check/test-pictures.ts';
import { writeChecked } from './check/write-checked.ts';
import type { ExportFormat } from './formats/format.ts';
import { loadModelZip } from './load.ts';
import { precisionOf, rangeOfManifest } from './manifest.ts';
import { withStoredWeights } from './precision/with-precision.ts';

/** Pictures that a file is checked with, beside the one of the self-test: there are no faces in a download. */
const DRAWN = 7;

export interface ConvertRequest {
  readonly format: ExportFormat;
  /** A downloaded .zip. */
  readonly model: Blob;
  /** What the file is to be called. */
  readonly name: string;
  /** How the weights are stored; as in the given file if not given. */
  readonly precision?: WeightPrecision;
}

/** Writes a model that was downloaded before in another format, and checks the file. @throws ProblemError, CancelledError */
export async function convertModel(
  { format, model: file, name, precision }: ConvertRequest,
  signal: AbortSignal,
): Promise<ModelFile> {
  await startProcessor();
  const { model, manifest } = await loadModelZip(file);
  try {
    throwIfAborted(signal);
    const edge = inputEdge(model);
    const range = rangeOfManifest(manifest);
    const channels = inputChannels(model);
    const pictures = [Uint8Array.from(selfTestPicture(edge)), ...drawnPictures(DRAWN, edge)];
    const sampleFaces = pixelsToTensor(pictures, edge, range, channels);
    try {
      const created = new Date(manifest.created);
      const input = { format, created, sampleFaces, name };
      if (precision === undefined || precision === precisionOf(manifest)) {
        return await writeChecked({ ...input, model, manifest }, signal);
      }
      return await withStoredWeights(model, precision, async (stored) => {
        const embedding = await embedSelfTest(stored, { size: edge, channels, range });
        const selfTest = { ...manifest.selfTest, embedding };
        const changed = { ...manifest, weights: { precision, cost: null }, selfTest };
        return writeChecked({ ...input, model: stored, manifest: changed }, signal);
      });
    } finally {
      sampleFaces.dispose();
    }
  } finally {
    model.dispose();
  }
}
