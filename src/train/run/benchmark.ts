import * as tf from '@tensorflow/tfjs-core';
import { isPretrained } from '../../config/backbone.ts';
import type { TrainingConfig } from '../../config/training-config.ts';
import type { BenchmarkJob, Workload } from '../../engine/selection/select-backend.ts';
import { present } from '../../lib/assert.ts';
import { throwIfAborted } from '../../lib/problem.ts';
import { createRandom } from '../../lib/random.ts';
import { disposeBackbone } from '../../model/backbones/pretrained.ts';
import type { CustomModel } from '../../model/custom-model/read.ts';
import { inputEdge } from '../../model/embed.ts';
import { randomCentres } from '../../model/heads/centres.ts';
import { createHead } from '../../model/heads/index.ts';
import { selfTest } from '../../model/self-test.ts';
import { disposeLearner, parameters } from '../step/learner.ts';
import { createOptimiser } from '../step/optimisers.ts';
import { trainStep } from '../step/step.ts';
import type { LoadSplit } from '../task/cached-features.ts';
import { trainingModeOf } from '../task/create-task.ts';
import type { EndToEndStart } from '../task/end-to-end.ts';

/** Steps that are timed, behind one that warms up. */
const STEPS = 2;
/** A first step this slow says enough. */
const SLOW_MS = 6_000;
const CLASSES = 10;
const SCALE = 8;
const FEATURE_BATCH = 16;

/** What has to be computed. Behind the features of an own network there may be layers of any kind. */
const workloadOf = ({ backbone }: TrainingConfig): Workload =>
  isPretrained(backbone) && backbone.trained === 'embedding' ? 'frozen' : 'whole';

/** The task of choosing a backend for a run. */
export function benchmarkJob(
  config: TrainingConfig,
  signal: AbortSignal,
  own: CustomModel | null = null,
): BenchmarkJob {
  const { backbone, batchSize, preset } = config;
  const network = own ? `${preset}/${own.parameters}/${JSON.stringify(own.topology).length}/` : '';
  return {
    workload: workloadOf(config),
    key: `${network}${JSON.stringify(backbone)}/${batchSize}`,
    selfTest,
    benchmark: () => {
      const way = trainingModeOf({ config, own }, createRandom(1));
      return way.kind === 'features' ? featureRate(way.load, signal) : stepRate(way, config, signal);
    },
  };
}

/** Faces a second through the frozen part of a network, on the active backend: what takes longest in Quick. */
async function featureRate(load: LoadSplit, signal: AbortSignal): Promise<number> {
  const backbone = await load();
  const [, height = 0, width = 0, channels = 0] = backbone.whole.inputs[0]?.shape ?? [];
  const pictures = tf.zeros([FEATURE_BATCH, height ?? 0, width ?? 0, channels ?? 0]);
  try {
    return await rateOf(FEATURE_BATCH, signal, () =>
      tf.tidy(() => backbone.trunk.apply(pictures, { training: false }) as tf.Tensor),
    );
  } finally {
    pictures.dispose();
    disposeBackbone(backbone);
  }
}

/** Images a second of real training steps on random pictures, on the active backend. */
async function stepRate(start: EndToEndStart, config: TrainingConfig, signal: AbortSignal): Promise<number> {
  const { batchSize } = config;
  const random = createRandom(1);
  const network = await start.network();
  const edge = inputEdge(network);
  const embeddingSize = present(network.outputs[0]?.shape.at(-1), 'the size of the embedding');
  const centres = randomCentres(CLASSES, embeddingSize, random);
  const begin = { centres, dimension: embeddingSize, scale: SCALE, sampledClasses: CLASSES };
  const learner = { network, ...createHead(config.margin, begin, random.fork('head')) };
  const weights = parameters(learner, config);
  const optimiser = createOptimiser(config.optimiser, weights, config.weightDecay);
  const own = Array.from({ length: batchSize }, (_, i) => i % CLASSES);
  const values = Float32Array.from({ length: batchSize * edge * edge * 3 }, () => random.next() * 2 - 1);
  const batch = {
    inputs: tf.tensor4d(values, [batchSize, edge, edge, 3]),
    labels: tf.tensor1d(own, 'int32'),
  };
  const variables = weights.map(({ variable }) => variable);
  const settings = { strength: 0, scale: SCALE, smoothing: 0, rate: 1e-4, clipNorm: 0 };
  try {
    return await rateOf(batchSize, signal, () => trainStep(learner, variables, optimiser, [batch], settings));
  } finally {
    tf.dispose([batch.inputs, batch.labels]);
    optimiser.dispose();
    disposeLearner(learner);
  }
}

/** Images a second of work whose result is waited for. */
async function rateOf(images: number, signal: AbortSignal, work: () => tf.Tensor): Promise<number> {
  const once = async (): Promise<number> => {
    throwIfAborted(signal);
    const start = performance.now();
    const result = work();
    await result.data();
    result.dispose();
    return performance.now() - start;
  };
  const first = await once();
  if (first > SLOW_MS) return (1000 * images) / first;
  let total = 0;
  for (let i = 0; i < STEPS; i++) total += await once();
  return (1000 * images * STEPS) / total;
}
