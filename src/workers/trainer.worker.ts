import * as tf from '@tensorflow/tfjs-core';
import { rangeOf } from '../config/backbone.ts';
import { parseConfig } from '../config/parse.ts';
import { presets } from '../config/presets.ts';
import { decodeFaces } from '../dataset/face-store.ts';
import type { TrainingSet } from '../domain/faces.ts';
import type { ModelFile } from '../domain/model-file.ts';
import { unlessDeviceFails } from '../engine/selection/device-fault.ts';
import { selectBackend } from '../engine/selection/select-backend.ts';
import { startBackend, startProcessor } from '../engine/selection/start-backend.ts';
import { exportTfjs } from '../export/formats/tfjs.ts';
import { loadModelZip } from '../export/load.ts';
import { rangeOfManifest } from '../export/manifest.ts';
import { present } from '../lib/assert.ts';
import { ProblemError, throwIfAborted } from '../lib/problem.ts';
import { Safetensors } from '../lib/safetensors.ts';
import { inspectCustomModel } from '../model/custom-model/inspect.ts';
import { readCustomModel } from '../model/custom-model/read.ts';
import { embedFaces, inputEdge } from '../model/embed.ts';
import { pixelsToTensor } from '../model/preprocess.ts';
import { serve, type WorkerScope } from '../protocol/serve.ts';
import type { TrainerCalls, TrainerEvent } from '../protocol/trainer.ts';
import { previewAugmentation } from '../train/augmentation-preview.ts';
import { RunControl } from '../train/loop/run-control.ts';
import { findLearningRate } from '../train/lr-finder/find-learning-rate.ts';
import { makeTrace, traceLosses } from '../train/replay/trace.ts';
import { deterministic } from '../train/replay/trace-settings.ts';
import { benchmarkJob } from '../train/run/benchmark.ts';
import { FailedRunError, type Trained, trainRun } from '../train/run/run.ts';

/** Faces that a downloaded file is checked with. */
const CHECKED = 8;
const EMBEDDING_BATCH = 16;

let control: RunControl | null = null;
/** What is under way: all work shares one backend, so there is one thing at a time. */
let job: string | null = null;
/** The last run and the data it was trained on. */
let last: { readonly trained: Trained; readonly data: TrainingSet } | null = null;

// In a worker the global scope is what the door needs; its type here is the union of all scopes.
const scope = globalThis as unknown as WorkerScope<TrainerCalls, TrainerEvent>;

const emit = serve<TrainerCalls, TrainerEvent>(scope, {
  train: ({ config, data, verify, model }, signal) =>
    alone('A run', async () => {
      control = new RunControl();
      try {
        const args = { config: parseConfig(config), data, verify, model: model ?? null };
        const trained = await trainRun(args, control, signal, (event) => emit(event));
        last = { trained, data };
        return trained.report;
      } catch (thrown) {
        if (thrown instanceof FailedRunError) last = { trained: thrown.trained, data };
        throw thrown;
      } finally {
        control = null;
      }
    }),

  findLearningRate: ({ config, data, model }, signal) =>
    alone('A search for a learning rate', () =>
      findLearningRate({ config: parseConfig(config), data, model: model ?? null }, signal, (event) =>
        emit(event),
      ),
    ),

  previewAugmentation: async ({ config, ...args }, signal) =>
    previewAugmentation({ config: parseConfig(config), ...args }, signal),

  inspectModel: ({ model }, signal) =>
    alone('A look at a model', async () => {
      const own = await readCustomModel(model);
      throwIfAborted(signal);
      await startBackend('cpu'); // nothing is computed
      return inspectCustomModel(own);
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

  exportTfjs: ({ name }, signal) => alone('The writing of a file', () => writeLast(name, signal)),

  embed: async ({ model: file, faces, backend }, signal) => {
    const report = await selectBackend(backend, benchmarkJob(presets.quick, signal));
    const { model, manifest } = await loadModelZip(file);
    try {
      const pictures = await decodeFaces(faces, inputEdge(model), signal);
      const range = rangeOfManifest(manifest);
      const options = { flip: true, batchSize: EMBEDDING_BATCH, signal, range };
      const embedding = embedFaces(model, pictures, options);
      const { values, dimension } = await unlessDeviceFails(report.name, embedding);
      const embeddings = pictures.map((_, i) => [...values.subarray(i * dimension, (i + 1) * dimension)]);
      return { embeddings, backend: report };
    } finally {
      model.dispose();
    }
  },

  traceInit: async ({ config, classes, steps }) => {
    await startProcessor();
    return makeTrace(parseConfig(config), { classes, steps });
  },

  trace: async ({ config: given, init, batches }, signal) => {
    const { config, notes } = deterministic(parseConfig(given));
    const files = {
      init: await Safetensors.open(init, 'init.safetensors'),
      batches: await Safetensors.open(batches, 'batches.safetensors'),
    };
    const backend = await selectBackend(config.backend, benchmarkJob(config, signal));
    const losses: number[] = [];
    const steps = async (): Promise<void> => {
      for await (const { loss, done, total } of traceLosses(config, files)) {
        throwIfAborted(signal);
        losses.push(loss);
        emit({ kind: 'preparing', what: 'Training', done, total });
      }
    };
    await unlessDeviceFails(backend.name, steps());
    return { backend, losses, notes };
  },
});

/** @throws ProblemError where something else is under way */
async function alone<T>(what: string, work: () => Promise<T>): Promise<T> {
  if (job !== null) {
    throw new ProblemError(`${job} is under way already.`, 'Stop it first, or wait until it is done.');
  }
  job = what;
  try {
    return await work();
  } finally {
    job = null;
  }
}

async function writeLast(name: string, signal: AbortSignal): Promise<ModelFile> {
  if (!last) throw new ProblemError('There is no trained model yet.', 'Train one first.');
  const { trained, data } = last;
  const { report, best, classes, centres } = trained;
  await startBackend(report.backend.name); // a fresh one, where the run ended because the old one broke
  const model = await trained.build(best.network);
  const edge = inputEdge(model);
  const range = rangeOf(report.config.backbone);
  const blobs = data.faces.slice(0, CHECKED).map(({ image }) => image);
  const sampleFaces = pixelsToTensor(await decodeFaces(blobs, edge, signal), edge, range);
  const dimension = centres.length / classes.length;
  const people = classes.map((person, k) => ({
    name: present(data.people[person], 'a person').name,
    centre: unit(centres.subarray(k * dimension, (k + 1) * dimension)),
  }));
  try {
    return await exportTfjs({ model, report, people, sampleFaces, name }, signal);
  } finally {
    model.dispose();
    sampleFaces.dispose();
  }
}

/** The direction of a centre; its length means nothing. */
function unit(centre: Float32Array): Float32Array {
  const length = Math.hypot(...centre);
  return length > 0 ? centre.map((value) => value / length) : centre;
}

tf.enableProdMode();
