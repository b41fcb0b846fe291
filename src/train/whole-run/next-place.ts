import type { TrainingConfig } from '../../config/training-config.ts';
import type { BackendReport } from '../../domain/backend.ts';
import type { DeviceFault } from '../../engine/selection/device-fault.ts';
import { LABEL } from '../../engine/selection/select-backend.ts';
import type { Place } from '../run/session.ts';

/** Batches are not cut into smaller parts than this: batch-norm needs some photos, and a device some work. */
const LEAST_PART = 8;

/** Photos in a batch. */
export const batchOf = ({ sampling, batchSize }: Pick<TrainingConfig, 'sampling' | 'batchSize'>): number =>
  sampling.kind === 'balanced' ? sampling.people * sampling.photos : batchSize;

/**
 * Where a run goes on when its device failed: with too little memory on the same device, with batches in twice as many
 * parts as long as these have eight photos; in all other cases on another backend, with whole batches again.
 *
 * @param backend that failed; null where it failed while the run was prepared, which batches have no part in
 */
export function nextPlace(
  place: Place,
  fault: DeviceFault,
  backend: BackendReport | null,
  config: Pick<TrainingConfig, 'sampling' | 'batchSize'>,
): Place {
  const parts = place.parts * 2;
  if (fault.reason === 'memory' && backend && batchOf(config) / parts >= LEAST_PART) {
    return { ...place, keep: backend, parts };
  }
  return { ...place, keep: null, failed: [...place.failed, fault.backend], parts: 1 };
}

/** Says what happened to a run and how it goes on. @param step that it goes on from */
export function faultText(
  fault: DeviceFault,
  { keep, parts }: Place,
  backend: BackendReport,
  step: number,
  config: Pick<TrainingConfig, 'sampling' | 'batchSize'>,
): string {
  const from = step === 0 ? 'The run began again' : `The run went on from step ${step}`;
  if (keep) {
    const part = Math.ceil(batchOf(config) / parts);
    const before = Math.ceil((2 * batchOf(config)) / parts);
    return `The graphics device has too little memory for ${before} photos at a time. ${from} with ${part} at a time: each step still learns from as many photos as set, in ${parts} parts, so it takes longer, and batch normalisation sees ${part} photos at once.`;
  }
  return `${fault.problem.what} ${from} with ${LABEL[backend.name]} in place of ${LABEL[fault.backend]}.`;
}
