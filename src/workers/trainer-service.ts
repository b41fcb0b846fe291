import { parseConfig } from '../config/parse.ts';
import { DEFAULT_OPERATING_POINT } from '../domain/operating-point.ts';
import { startBackend } from '../engine/selection/start-backend.ts';
import { startProcessor } from '../engine/selection/start-processor.ts';
import { convertModel } from '../export/convert-model.ts';
import { embedWithModel } from '../export/embed-with-model.ts';
import { exportTrained } from '../export/export-trained.ts';
import { loadModelZip } from '../export/load.ts';
import { type FinishedRun, PrecisionCosts } from '../export/precision/precision-costs.ts';
import { formatInfos, formatOf } from '../export/registry.ts';
import { CancelledError, ProblemError, throwIfAborted } from '../lib/problem.ts';
import { inspectCustomModel } from '../model/custom-model/inspect.ts';
import { readCustomModel } from '../model/custom-model/read.ts';
import type { Handlers } from '../protocol/envelope.ts';
import type { TrainerCalls, TrainerEvent } from '../protocol/trainer.ts';
import { previewAugmentation } from '../train/augmentation-preview.ts';
import { RunControl } from '../train/loop/run-control.ts';
import { findLearningRate } from '../train/lr-finder/find-learning-rate.ts';
import { runTrace } from '../train/replay/run-trace.ts';
import { makeTrace } from '../train/replay/trace.ts';
import { findWrongFaces } from '../train/run/find-wrong-faces.ts';
import { precomputeFeatures } from '../train/run/precompute-features.ts';
import { FailedRunError } from '../train/run/trained.ts';
import { FeatureCache } from '../train/task/feature-cache.ts';
import { trainRun } from '../train/whole-run/train-run.ts';

/** The last run, and what was measured of its weights in other precisions. */
interface LastRun extends FinishedRun {
  readonly costs: PrecisionCosts;
}

const withCosts = (run: FinishedRun): LastRun => ({ ...run, costs: new PrecisionCosts(run) });

function finished(run: LastRun | null): LastRun {
  if (run) return run;
  throw new ProblemError('There is no trained model yet.', 'Train one first.');
}

/** Answers the calls of the trainer's protocol: each by one function of a stage, with what they share between calls. */
export function createTrainer(emit: (event: TrainerEvent) => void): Handlers<TrainerCalls> {
  let control: RunControl | null = null;
  /** What is going on: everything shares one backend, so there is one job at a time. */
  let job: string | null = null;
  /** The last run, the data it was trained on, and what was measured of its weights in other precisions. */
  let last: LastRun | null = null;

  const features = new FeatureCache();
  /** What is computed before anybody asks for it. */
  let background: { readonly abort: AbortController; readonly ended: Promise<unknown> } | null = null;

  async function endBackground(): Promise<void> {
    background?.abort.abort();
    await background?.ended.catch(() => {}); // its own caller is told
  }

  /** Does what can be ended at any time by whatever else computes; null where something came between. */
  async function inBackground<T>(
    signal: AbortSignal,
    work: (ended: AbortSignal) => Promise<T>,
  ): Promise<T | null> {
    await endBackground();
    if (job !== null) return null;
    const abort = new AbortController();
    const ended = work(AbortSignal.any([signal, abort.signal]));
    background = { abort, ended };
    try {
      return await ended;
    } catch (thrown) {
      if (thrown instanceof CancelledError) return null;
      throw thrown;
    } finally {
      if (background?.abort === abort) background = null;
    }
  }

  /** @throws ProblemError where another job is going on */
  async function exclusively<T>(what: string, work: () => Promise<T>): Promise<T> {
    if (job !== null) {
      throw new ProblemError(`${job} is still going on.`, 'Stop it first, or wait until it is done.');
    }
    job = what;
    try {
      await endBackground();
      return await work();
    } finally {
      job = null;
    }
  }

  return {
    train: ({ config, data, verify, model }, signal) =>
      exclusively('A run', async () => {
        control = new RunControl();
        try {
          const args = { config: parseConfig(config), data, verify, model: model ?? null, features };
          const trained = await trainRun(args, control, signal, emit);
          last = withCosts({ trained, data, verify });
          return trained.report;
        } catch (thrown) {
          if (thrown instanceof FailedRunError) last = withCosts({ trained: thrown.trained, data, verify });
          throw thrown;
        } finally {
          control = null;
        }
      }),

    computeFeatures: ({ config, faces }, signal) =>
      inBackground(signal, (ended) =>
        precomputeFeatures({ config: parseConfig(config), faces }, features, ended),
      ),

    findWrongFaces: ({ config, faces }, signal) =>
      inBackground(signal, (ended) =>
        findWrongFaces({ config: parseConfig(config), faces }, features, ended),
      ),

    findLearningRate: ({ config, data, model }, signal) =>
      exclusively('A learning-rate search', () =>
        findLearningRate({ config: parseConfig(config), data, model: model ?? null, features }, signal, emit),
      ),

    previewAugmentation: async ({ config, ...args }, signal) =>
      previewAugmentation({ config: parseConfig(config), ...args }, signal),

    inspectModel: ({ model }, signal) =>
      exclusively('The inspection of a model', async () => {
        const custom = await readCustomModel(model);
        throwIfAborted(signal);
        await startBackend('cpu'); // nothing is computed
        return inspectCustomModel(custom);
      }),

    pause: async () => {
      control?.pause();
      return null;
    },
    resume: async () => {
      control?.resume();
      return null;
    },
    stop: async () => {
      control?.stop();
      return null;
    },

    exportFormats: async () => formatInfos(),

    exportModel: (args, signal) =>
      exclusively('The export of a model', async () => {
        const {
          format,
          name,
          operatingPoint = DEFAULT_OPERATING_POINT,
          precision = 'float32',
          withHead,
        } = args;
        const run = finished(last);
        const how = { format: formatOf(format, withHead), name, operatingPoint, ...run };
        if (precision === 'float32') return exportTrained(how, signal);
        const weights = { precision, cost: run.costs.known(precision) };
        return exportTrained({ ...how, weights }, signal);
      }),

    measurePrecision: ({ precision }, signal) =>
      inBackground(signal, async (ended) => ({
        cost: await finished(last).costs.measure(precision, ended, (done, total) =>
          emit({ kind: 'measuring', done, total }),
        ),
      })),

    convertModel: ({ format, withHead, ...args }, signal) =>
      exclusively('The export of a model', () =>
        convertModel({ ...args, format: formatOf(format, withHead) }, signal),
      ),

    checkDownload: ({ model }) =>
      exclusively('The inspection of a model', async () => {
        await startBackend('cpu'); // nothing is computed
        const loaded = await loadModelZip(model);
        loaded.model.dispose();
        return null;
      }),

    embed: embedWithModel,

    traceInit: async ({ config, classes, steps }) => {
      await startProcessor();
      return makeTrace(parseConfig(config), { classes, steps });
    },

    trace: ({ config, init, batches }, signal) =>
      runTrace({ config: parseConfig(config), init, batches }, signal, (done, total) =>
        emit({ kind: 'preparing', what: 'Training', done, total }),
      ),
  };
}
