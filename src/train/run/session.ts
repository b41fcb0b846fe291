import type { BackendName, TrainingConfig } from '../../config/training-config.ts';
import { groupCopies } from '../../dataset/near-copies.ts';
import { type Split, splitFaces } from '../../dataset/split.ts';
import type { BackendReport } from '../../domain/backend.ts';
import type { TrainingSet, VerificationSet } from '../../domain/faces.ts';
import type { SplitReport } from '../../domain/training-report.ts';
import { DeviceFault, unlessDeviceFails } from '../../engine/selection/device-fault.ts';
import { type BenchmarkJob, selectBackend } from '../../engine/selection/select-backend.ts';
import { startBackend } from '../../engine/selection/start-backend.ts';
import { present } from '../../lib/assert.ts';
import { createRandom, type Random } from '../../lib/random.ts';
import { readCustomModel } from '../../model/custom-model/read.ts';
import { chooseScale, type Scale } from '../../model/scale.ts';
import type { TrainerEvent } from '../../protocol/trainer.ts';
import { benchmarkJob } from '../task/benchmark.ts';
import { createTask } from '../task/create-task.ts';
import type { FeatureCache } from '../task/feature-cache.ts';
import type { Task } from '../task/task.ts';
import { featureSource } from './precompute-features.ts';

export interface TrainArgs {
  readonly config: TrainingConfig;
  readonly data: TrainingSet;
  /** Held-out people: verified before and after training, never to choose by. */
  readonly verify: VerificationSet | null;
  /** A .zip of a custom model, where the configuration asks for it. */
  readonly model?: Blob | null;
  /** Features of faces that are known already. */
  readonly features?: FeatureCache;
}

/** Where a run is prepared to compute: differs from what its settings say once a device has failed. */
export interface Place {
  /** The backend of before, with a fresh device; null to choose one. */
  readonly keep: BackendReport | null;
  /** Backends whose device failed. */
  readonly failed: readonly BackendName[];
  /** Parts that each batch is cut into. */
  readonly parts: number;
  /** The weights of the run so far are set afterwards. */
  readonly resumes: boolean;
}

export const FIRST_PLACE: Place = { keep: null, failed: [], parts: 1, resumes: false };

/** A run that is prepared. */
export interface Session {
  readonly backend: BackendReport;
  readonly split: Split;
  readonly splitReport: SplitReport;
  readonly scale: Scale;
  readonly random: Random;
  /** Face i of the training set has index i; face j of the verification set comes behind them all. */
  readonly task: Task;
  readonly verifyFaces: readonly number[];
  readonly place: Place;
  /** Seconds of preparation. */
  readonly seconds: number;
}

/**
 * Chooses the backend, splits the faces, decodes them and creates the task.
 *
 * @param whilePaused called between pieces of work, and waited for
 */
export async function openSession(
  { config, data, verify, model, features }: TrainArgs,
  signal: AbortSignal,
  emit: (event: TrainerEvent) => void,
  whilePaused: () => Promise<void> = async () => {},
  place: Place = FIRST_PLACE,
): Promise<Session> {
  const start = performance.now();
  const random = createRandom(config.seed);
  const split = splitFaces(
    data.faces.map(({ person }) => person),
    data.people.length,
    config.heldOut,
    random.fork('split'),
    groupCopies(data.faces.length, data.nearCopies ?? []),
  );
  // Before a backend is chosen: a problem with the file should be reported at once.
  const customModel = config.backbone.kind === 'custom' && model ? await readCustomModel(model) : null;
  const backend = await backendFor(place, config, benchmarkJob(config, signal, customModel));
  emit({ kind: 'backend', report: backend });
  const scale = chooseScale(config.scale, split.classes.length);
  const splitReport = reportOf(split, data);
  emit({ kind: 'split', report: splitReport, scale });

  const source = featureSource(config, backend);
  const cache = source === null ? null : (features?.of(source) ?? null);
  cache?.retain(new Set(data.faces.map(({ id }) => id)));
  const report = throttled((what, done, total) => emit({ kind: 'preparing', what, done, total }));
  const preparing = createTask({
    images: [...data.faces, ...(verify?.faces ?? [])],
    training: { faces: split.train, labels: split.trainLabels, classes: split.classes.length },
    config,
    scale: scale.value,
    customModel,
    cache,
    random: random.fork('task'),
    resumes: place.resumes,
    signal,
    onPreparing: (what, done, total) => {
      report(what, done, total);
      return whilePaused();
    },
  });
  const task = await unlessDeviceFails(backend.name, preparing);
  return {
    backend,
    split,
    splitReport,
    scale,
    random,
    task,
    place,
    verifyFaces: (verify?.faces ?? []).map((_, i) => data.faces.length + i),
    seconds: (performance.now() - start) / 1000,
  };
}

async function backendFor(
  { keep, failed }: Place,
  config: TrainingConfig,
  job: BenchmarkJob,
): Promise<BackendReport> {
  if (keep) {
    try {
      await startBackend(keep.name);
    } catch (thrown) {
      const why = thrown instanceof Error ? thrown.message : String(thrown);
      throw new DeviceFault(
        keep.name,
        'lost',
        `The graphics device has too little memory, and did not start again (${why}).`,
        'Choose another backend under "Backend".',
      );
    }
    return keep;
  }
  // A person waits in the middle of a run: nothing is timed.
  return selectBackend(config.backend, failed.length > 0 ? { ...job, benchmark: null } : job, failed);
}

function reportOf(split: Split, data: TrainingSet): SplitReport {
  return {
    trainPeople: split.classes.length,
    trainPhotos: split.train.length,
    heldOutPhotos: split.heldOut.length,
    verificationPeople: split.heldOutPeople.map((person) => present(data.people[person], 'a person').name),
    verificationPhotos: split.verification.length,
    notMeasured: split.notMeasured,
  };
}

/** At most five a second, and always the first and the last of each kind of work. */
export function throttled(
  tell: (what: string, done: number, total: number) => void,
): (what: string, done: number, total: number) => void {
  let last = 0;
  let kind = '';
  return (what, done, total) => {
    const now = performance.now();
    if (done < total && kind === what && now - last < 200) return;
    last = now;
    kind = what;
    tell(what, done, total);
  };
}
