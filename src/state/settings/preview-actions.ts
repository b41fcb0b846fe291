import type { TrainingConfig } from '../../config/training-config.ts';
import type { AugmentationPreview } from '../../domain/augmentation-preview.ts';
import type { SampleId } from '../../lib/brand.ts';
import { imageOf } from '../data/images.ts';
import type { DataSnapshot } from '../data/people.ts';
import { connections } from '../worker-connections.ts';

const FACES = 3;
const DRAWS = 4;

export interface PreviewFace {
  readonly id: SampleId;
  readonly name: string;
}

/** The first face of each of a few people, evenly spread over all. */
export function previewFaces({ people }: DataSnapshot): PreviewFace[] {
  const used = people.filter(({ faces }) => faces.length > 0);
  const count = Math.min(FACES, used.length);
  return Array.from({ length: count }, (_, i) => used[Math.floor((i * used.length) / count)]).flatMap(
    (person) => (person?.faces[0] ? [{ id: person.faces[0].id, name: person.name }] : []),
  );
}

/** Those faces, augmented as in training. @throws ProblemError, CancelledError */
export function previewAugmentation(
  config: TrainingConfig,
  faces: readonly PreviewFace[],
  seed: number,
  signal: AbortSignal,
): Promise<AugmentationPreview> {
  const images = faces.flatMap(({ id }) => imageOf(id) ?? []);
  return connections().trainer.call(
    'previewAugmentation',
    { config, faces: images, draws: DRAWS, seed },
    signal,
  );
}
