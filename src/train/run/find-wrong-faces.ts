import { isPretrained } from '../../config/backbone.ts';
import type { TrainingConfig } from '../../config/training-config.ts';
import type { WrongFace } from '../../domain/wrong-face.ts';
import { unlessDeviceFails } from '../../engine/selection/device-fault.ts';
import { selectBackend } from '../../engine/selection/select-backend.ts';
import { suspectFaces } from '../../evaluate/suspect-faces.ts';
import type { PersonId, SampleId } from '../../lib/brand.ts';
import { throwIfAborted } from '../../lib/problem.ts';
import { disposeBackbone, loadSplit, type SplitBackbone } from '../../model/backbones/pretrained.ts';
import { embedFeatures, type Rows } from '../../model/embed.ts';
import { benchmarkJob } from '../task/benchmark.ts';
import type { FeatureCache } from '../task/feature-cache.ts';
import { featureSource } from './precompute-features.ts';

/** Faces whose embeddings are computed at once. */
const AT_ONCE = 256;

export interface WrongFacesRequest {
  readonly config: TrainingConfig;
  readonly faces: readonly { readonly id: SampleId; readonly person: PersonId }[];
}

/**
 * Photos that seem to show somebody else than their person, by the embeddings of the pretrained network whose features
 * are in the cache. Faces whose features are not there are passed over; so is everything where the network was trained
 * for distances, whose cosines are of another kind.
 *
 * @throws ProblemError, CancelledError when the signal is given
 */
export async function findWrongFaces(
  { config, faces }: WrongFacesRequest,
  features: FeatureCache,
  signal: AbortSignal,
): Promise<WrongFace[]> {
  const { backbone } = config;
  if (!isPretrained(backbone) || backbone.trained !== 'embedding') return [];
  const backend = await selectBackend(config.backend, benchmarkJob(config, signal));
  const cache = features.of(featureSource(config, backend) ?? '');
  const known = faces.flatMap(({ id, person }) => {
    const row = cache.get(id);
    return row ? [{ id, person, row }] : [];
  });
  const split = await loadSplit(backbone);
  let embeddings: Rows;
  try {
    if (split.distances) return [];
    const rows = known.map(({ row }) => row);
    embeddings = await unlessDeviceFails(backend.name, embedAll(split, rows, signal));
  } finally {
    disposeBackbone(split);
  }
  const people = [...new Set(known.map(({ person }) => person))];
  const index = new Map(people.map((person, i) => [person, i]));
  const suspects = await suspectFaces(
    embeddings,
    known.map(({ person }) => index.get(person) ?? 0),
    people.length,
    signal,
  );
  return suspects.flatMap(({ face, looksLike }): WrongFace[] => {
    const one = known[face];
    const other = looksLike === null ? null : (people[looksLike] ?? null);
    return one ? [{ id: one.id, person: one.person, looksLike: other }] : [];
  });
}

/** @param rows [2 * featureSize] each. @returns [N, D], rows of length 1, of each face and its mirror image together */
async function embedAll(
  { head, featureShape, embeddingSize }: SplitBackbone,
  rows: readonly Float32Array[],
  signal: AbortSignal,
): Promise<Rows> {
  const values = new Float32Array(rows.length * embeddingSize);
  for (let begin = 0; begin < rows.length; begin += AT_ONCE) {
    throwIfAborted(signal);
    const some = rows.slice(begin, begin + AT_ONCE);
    values.set(await embedFeatures(head, some, featureShape), begin * embeddingSize);
  }
  return { values, dimension: embeddingSize };
}
