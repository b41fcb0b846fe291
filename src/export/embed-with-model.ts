import { presets } from '../config/presets.ts';
import type { BackendChoice } from '../config/training-config.ts';
import { decodeFaces } from '../dataset/face-store.ts';
import type { BackendReport } from '../domain/backend.ts';
import type { ModelThreshold } from '../domain/export/model-file.ts';
import { unlessDeviceFails } from '../engine/selection/device-fault.ts';
import { selectBackend } from '../engine/selection/select-backend.ts';
import { embedFaces, inputEdge } from '../model/embed.ts';
import { benchmarkJob } from '../train/task/benchmark.ts';
import { loadModelZip } from './load.ts';
import { type Manifest, rangeOfManifest } from './manifest.ts';

const BATCH = 16;

export interface EmbedRequest {
  /** A downloaded .zip. */
  readonly model: Blob;
  /** Aligned faces. */
  readonly faces: readonly Blob[];
  readonly backend: BackendChoice;
}

export interface Embedded {
  readonly embeddings: readonly (readonly number[])[];
  readonly backend: BackendReport;
  /** Of the model. */
  readonly threshold: ModelThreshold | null;
}

/** Embeddings (flip-averaged, L2-normalised) by a model that was downloaded before. @throws ProblemError, CancelledError */
export async function embedWithModel(
  { model: file, faces, backend }: EmbedRequest,
  signal: AbortSignal,
): Promise<Embedded> {
  const report = await selectBackend(backend, benchmarkJob(presets.quick, signal));
  const { model, manifest } = await loadModelZip(file);
  try {
    const pixels = await decodeFaces(faces, inputEdge(model), signal);
    const range = rangeOfManifest(manifest);
    const embedding = embedFaces(model, pixels, { flip: true, batchSize: BATCH, signal, range });
    const { values, dimension } = await unlessDeviceFails(report.name, embedding);
    const embeddings = pixels.map((_, i) => [...values.subarray(i * dimension, (i + 1) * dimension)]);
    return { embeddings, backend: report, threshold: thresholdOf(manifest) };
  } finally {
    model.dispose();
  }
}

function thresholdOf({ threshold }: Manifest): ModelThreshold | null {
  if (threshold === null) return null;
  const { cosine, operatingPoint = null, falseAcceptRate, falseRejectRate } = threshold;
  return { cosine, operatingPoint, falseAcceptRate, falseRejectRate };
}
