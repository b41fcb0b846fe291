import { decodeFaces } from '../../dataset/face-store.ts';
import { assert } from '../../lib/assert.ts';
import type { SampleId } from '../../lib/brand.ts';
import type { PixelRange } from '../../lib/pixel-range.ts';
import type { SplitBackbone } from '../../model/backbones/pretrained.ts';
import { embeddingBatch, extractBoth, inputEdge } from '../../model/embed.ts';
import type { FeatureCache } from './feature-cache.ts';
import type { FaceImage, OnPreparing } from './task.ts';

/**
 * Faces that are decoded at once. What has been computed is kept after each such piece, also when the work is cancelled,
 * as it is when Start is pressed soon after the photos were there.
 */
const PIECE = 16;

export interface FrozenFeaturesOptions {
  readonly range: PixelRange;
  /** Where features are looked up and kept, those of faces with an id; null for none. */
  readonly cache: FeatureCache | null;
  readonly signal: AbortSignal;
  readonly onPreparing: OnPreparing;
}

/**
 * Features of each face and of its mirror image by the frozen part of a network, computed where the cache lacks them.
 *
 * @returns [N, 2, featureSize], a fresh copy
 * @throws ProblemError where a face cannot be decoded, CancelledError
 */
export async function frozenFeatures(
  { trunk, featureSize }: Pick<SplitBackbone, 'trunk' | 'featureSize'>,
  images: readonly FaceImage[],
  { range, cache, signal, onPreparing }: FrozenFeaturesOptions,
): Promise<Float32Array> {
  const width = 2 * featureSize;
  const features = new Float32Array(images.length * width);
  const missing: { readonly row: number; readonly id: SampleId | undefined; readonly image: Blob }[] = [];
  images.forEach(({ id, image }, row) => {
    const known = id && cache?.get(id);
    if (known) features.set(known, row * width);
    else missing.push({ row, id, image });
  });
  const edge = inputEdge(trunk);
  for (let begin = 0; begin < missing.length; begin += PIECE) {
    const piece = missing.slice(begin, begin + PIECE);
    const pixels = await decodeFaces(
      piece.map(({ image }) => image),
      edge,
      signal,
    );
    const computed = await extractBoth(trunk, pixels, {
      batchSize: embeddingBatch(),
      signal,
      range,
      onProgress: (done) => onPreparing('Computing the features of each face', begin + done, missing.length),
    });
    assert(computed.dimension === width, 'features of each face and its mirror image');
    piece.forEach(({ row, id }, i) => {
      const values = computed.values.subarray(i * width, (i + 1) * width);
      features.set(values, row * width);
      if (id) cache?.set(id, values);
    });
  }
  return features;
}
