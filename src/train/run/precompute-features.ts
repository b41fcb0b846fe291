import { isPretrained, rangeOf } from '../../config/backbone.ts';
import type { TrainingConfig } from '../../config/training-config.ts';
import type { BackendReport } from '../../domain/backend.ts';
import type { TrainingSet } from '../../domain/faces.ts';
import { unlessDeviceFails } from '../../engine/selection/device-fault.ts';
import { selectBackend } from '../../engine/selection/select-backend.ts';
import { disposeBackbone, loadSplit } from '../../model/backbones/pretrained.ts';
import { benchmarkJob } from '../task/benchmark.ts';
import type { FeatureCache } from '../task/feature-cache.ts';
import { frozenFeatures } from '../task/frozen-features.ts';

/** What cached features depend on besides the face; null where a configuration trains on none that can be kept. */
export function featureSource({ backbone }: TrainingConfig, { name }: BackendReport): string | null {
  return isPretrained(backbone) && backbone.trained === 'embedding' ? `${backbone.kind}/${name}` : null;
}

export interface PrecomputeRequest {
  readonly config: TrainingConfig;
  readonly faces: readonly Pick<TrainingSet['faces'][number], 'id' | 'image'>[];
}

/**
 * Computes features that a run with this configuration will need, before it is asked for. What has been
 * computed when it is cancelled is kept.
 *
 * @returns how many of these faces have their features in the cache
 * @throws ProblemError, CancelledError
 */
export async function precomputeFeatures(
  { config, faces }: PrecomputeRequest,
  features: FeatureCache,
  signal: AbortSignal,
): Promise<number> {
  const { backbone } = config;
  if (!isPretrained(backbone) || backbone.trained !== 'embedding') return 0;
  const backend = await selectBackend(config.backend, benchmarkJob(config, signal));
  const cache = features.of(featureSource(config, backend) ?? '');
  const work = async (): Promise<void> => {
    const split = await loadSplit(backbone);
    try {
      const options = { range: rangeOf(backbone), cache, signal, onPreparing: () => {} };
      await frozenFeatures(split, faces, options);
    } finally {
      disposeBackbone(split);
    }
  };
  await unlessDeviceFails(backend.name, work());
  return faces.filter(({ id }) => cache.get(id) !== undefined).length;
}
