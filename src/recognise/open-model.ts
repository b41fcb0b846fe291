import type { LayersModel } from '@tensorflow/tfjs-layers';
import { faceBytes } from '../dataset/face-store.ts';
import { loadModelZip } from '../export/load.ts';
import { knownPeople, type Manifest, rangeOfManifest } from '../export/manifest.ts';
import type { Pixels } from '../ingest/pixels.ts';
import { type PixelRange, STANDARD_RANGE } from '../lib/pixel-range.ts';
import { ProblemError } from '../lib/problem.ts';
import { loadSplit } from '../model/backbones/pretrained.ts';
import { fuseConvolutions } from '../model/backbones/shared/fused-convolution.ts';
import { embeddingBatch, embedFaces, inputEdge } from '../model/embed.ts';
import type { RecogniserModel } from '../protocol/recognise.ts';
import type { GalleryModel } from './gallery-file.ts';
import {
  identificationThreshold,
  type MeasuredModel,
  PRETRAINED_PAIRS,
  PRETRAINED_THRESHOLD,
  pairThresholds,
} from './threshold.ts';

/** A network that recognises, with what belongs to it. */
export interface OpenModel extends GalleryModel {
  readonly about: RecogniserModel;
  /** Whom it knows: the people of its training, each with a class centre, [D], and those who were held out, with the mean of their embeddings. */
  readonly people: readonly { readonly name: string; readonly centre: Float32Array }[];
  /**
   * Embeddings of aligned faces, flip-averaged, [D] each, of length 1.
   *
   * @throws CancelledError
   */
  embed(faces: readonly Pixels[], signal: AbortSignal): Promise<Float32Array[]>;
  dispose(): void;
}

/**
 * Opens a .zip that this program wrote, or the pretrained MobileFaceNet for null, on the active backend.
 *
 * @throws ProblemError
 */
export async function openModel(file: Blob | null, signal: AbortSignal): Promise<OpenModel> {
  const { model, manifest } = file === null ? await pretrained() : await loadModelZip(file);
  try {
    if (file !== null) fuseConvolutions(model);
    return await opened(model, manifest, signal);
  } catch (thrown) {
    model.dispose();
    throw thrown;
  }
}

async function pretrained(): Promise<{ model: LayersModel; manifest: null }> {
  const { whole, head } = await loadSplit({ kind: 'pretrained-mobilefacenet' });
  head.dispose(); // a copy of the layer that is in the whole, too
  return { model: whole, manifest: null };
}

async function opened(
  model: LayersModel,
  manifest: Manifest | null,
  signal: AbortSignal,
): Promise<OpenModel> {
  const edge = inputEdge(model);
  const range = manifest ? rangeOfManifest(manifest) : STANDARD_RANGE;
  const [fingerprint] = await embedAll(model, [formulaPicture(edge)], range, signal);
  if (!fingerprint?.every(Number.isFinite)) {
    throw new ProblemError('The network gives no numbers for a test picture.', 'Choose another model.');
  }
  const embeddingSize = fingerprint.length;
  const name = manifest?.name ?? 'MobileFaceNet, pretrained';
  const threshold = manifest ? identificationThreshold(measuredOf(manifest)) : PRETRAINED_THRESHOLD;
  return {
    about: {
      ...{ name, embeddingSize, threshold },
      pairs: manifest ? pairThresholds(measuredOf(manifest)) : PRETRAINED_PAIRS,
      trained: manifest !== null,
      people: { trained: manifest?.people.length ?? 0, enrolled: manifest?.enrolled.length ?? 0 },
    },
    name,
    embeddingSize,
    fingerprint,
    people: (manifest ? knownPeople(manifest) : []).map(({ name, centre }) => ({
      name,
      centre: Float32Array.from(centre),
    })),
    embed: (faces, until) =>
      embedAll(
        model,
        faces.map(({ data }) => faceBytes(data, edge)),
        range,
        until,
      ),
    dispose: () => {
      model.dispose();
    },
  };
}

const measuredOf = (manifest: Manifest): MeasuredModel => ({
  chosen: manifest.threshold,
  impostors: manifest.impostors,
  verification: manifest.metrics.separateSet?.best ?? manifest.metrics.best.verification,
  people: knownPeople(manifest).length,
});

async function embedAll(
  model: LayersModel,
  faces: readonly Uint8Array[],
  range: PixelRange,
  signal: AbortSignal,
): Promise<Float32Array[]> {
  const batchSize = embeddingBatch();
  const { values, dimension } = await embedFaces(model, faces, { flip: true, batchSize, range, signal });
  return faces.map((_, i) => values.slice(i * dimension, (i + 1) * dimension));
}

/** A picture that everybody can make: what a network makes of it tells networks apart. [edge, edge, 3] */
const formulaPicture = (edge: number): Uint8Array =>
  Uint8Array.from({ length: edge * edge * 3 }, (_, i) => {
    const [y, x, c] = [Math.floor(i / (3 * edge)), Math.floor(i / 3) % edge, i % 3];
    return (5 * y + 11 * x + 31 * c) % 256;
  });
