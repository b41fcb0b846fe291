import * as tf from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { isPretrained } from '../../config/backbone.ts';
import type { TrainingConfig } from '../../config/training-config.ts';
import type { TraceFiles } from '../../domain/trace.ts';
import { present } from '../../lib/assert.ts';
import { ProblemError } from '../../lib/problem.ts';
import { createRandom, type Random } from '../../lib/random.ts';
import { type SafeTensor, type Safetensors, writeSafetensors } from '../../lib/safetensors.ts';
import { createBackbone } from '../../model/backbones/index.ts';
import { loadForFineTuning } from '../../model/backbones/pretrained.ts';
import { inputEdge } from '../../model/embed.ts';
import { randomCentres } from '../../model/heads/centres.ts';
import type { Head } from '../../model/heads/head.ts';
import { createHead, disposeHead, headOf } from '../../model/heads/index.ts';
import { chooseScale } from '../../model/scale.ts';
import { yieldToEventLoop } from '../loop/run-control.ts';
import { disposeLearner, type Learner, parameters } from '../step/learner.ts';
import { createOptimiser } from '../step/optimisers.ts';
import { learningRate, marginStrength } from '../step/schedule.ts';
import { trainStep } from '../step/step.ts';
import { classesOf, readBatch, readTensor, surveyBatches } from './trace-files.ts';
import { drawBatches } from './trace-pictures.ts';
import { deterministic } from './trace-settings.ts';

/** Different batches; a trace comes back to them as epochs do, or its losses would tell nothing of learning. */
const DIFFERENT = 4;
const MAX_BYTES = 1024 ** 3;

/**
 * Initial weights and batches for a configuration; the same for the same seed.
 *
 * @throws ProblemError where the configuration does not train from pictures, or the batches would be too large
 */
export async function makeTrace(
  given: TrainingConfig,
  { classes, steps }: { readonly classes: number; readonly steps: number },
): Promise<TraceFiles> {
  const { config, notes } = deterministic(given);
  const random = createRandom(config.seed);
  const network = await networkOf(config, random.fork('network'));
  try {
    const edge = inputEdge(network);
    const batch = config.batchSize;
    if (steps * batch * edge * edge * 3 * 4 > MAX_BYTES) {
      throw new ProblemError(
        `${steps} batches of ${batch} pictures of ${edge}x${edge} would take more than 1 GB.`,
        'Ask for fewer steps or a smaller batch.',
      );
    }
    const drawn = drawBatches(
      { classes, batch, edge, count: Math.min(steps, DIFFERENT) },
      random.fork('pictures'),
    );
    const batches = Array.from({ length: steps }, (_, step): SafeTensor[] => {
      const { images, labels } = present(drawn[step % DIFFERENT], 'a batch');
      return [
        { name: `images_${step}`, shape: [batch, edge, edge, 3], values: images },
        { name: `labels_${step}`, shape: [batch], values: labels },
      ];
    });
    const init = [
      ...(await networkWeights(network)),
      ...(await headWeights(config, network, classes, random)),
    ];
    return { config, notes, init: writeSafetensors(init), batches: writeSafetensors(batches.flat()) };
  } finally {
    network.dispose();
  }
}

/**
 * Trains on exactly these batches, from exactly these weights, on the active backend: one step a batch, rate and margin
 * as scheduled over that many steps, nothing augmented.
 *
 * @param given as it was written; what draws at random is left out, see {@link deterministic}
 * @yields after each step its loss, as it was before the step, in nats; whoever has seen enough may leave
 * @throws ProblemError where something in the files is missing or does not fit, or a loss is no number
 */
export async function* traceLosses(
  given: TrainingConfig,
  { init, batches }: { readonly init: Safetensors; readonly batches: Safetensors },
): AsyncGenerator<{ readonly loss: number; readonly done: number; readonly total: number }> {
  const { config } = deterministic(given);
  const learner = await learnerOf(config, init);
  try {
    const classes = classesOf(config.margin, init);
    const { steps } = surveyBatches(batches, inputEdge(learner.network));
    const weights = parameters(learner, config);
    const variables = weights.map(({ variable }) => variable);
    const optimiser = createOptimiser(config.optimiser, weights, config.weightDecay);
    const scale = chooseScale(config.scale, classes).value;
    try {
      for (let step = 0; step < steps; step++) {
        const { images, labels, shape } = await readBatch(batches, step, classes);
        const batch = { inputs: tf.tensor4d(images, shape), labels: tf.tensor1d(labels, 'int32') };
        const numbers = trainStep(learner, variables, optimiser, [batch], {
          strength: marginStrength(config.margin, step, steps),
          scale,
          smoothing: config.labelSmoothing,
          rate: learningRate(config, step, steps),
          clipNorm: config.clipNorm,
        });
        tf.dispose([batch.inputs, batch.labels]);
        const [loss = Number.NaN] = await numbers.data<'float32'>();
        numbers.dispose();
        if (!Number.isFinite(loss)) throw noNumber(step);
        yield { loss, done: step + 1, total: steps };
        await yieldToEventLoop(); // a wish to stop is a message
      }
    } finally {
      optimiser.dispose();
    }
  } finally {
    disposeLearner(learner);
  }
}

async function networkOf({ backbone }: TrainingConfig, random: Random): Promise<LayersModel> {
  if (backbone.kind === 'own') {
    throw new ProblemError(
      'A network of your own cannot be traced: its weights are not part of the configuration.',
      'Choose another "backbone" in the configuration.',
    );
  }
  if (!isPretrained(backbone)) return createBackbone(backbone, random);
  if (backbone.trained !== 'embedding') return loadForFineTuning(backbone.kind, backbone.trained);
  throw new ProblemError(
    'With these settings only the last layer learns, from features that are computed once: there are no steps from pictures to write down.',
    'Choose another "backbone" in the configuration, e.g. {"kind": "small-cnn", "inputSize": 48, "embeddingSize": 32}.',
  );
}

/** A weight of the network, the head's apart. */
interface NamedWeight {
  readonly name: string;
  readonly shape: readonly number[];
  readonly trained: boolean;
  read(): tf.Tensor;
  write(values: tf.Tensor): void;
}

const weightsOf = (network: LayersModel): NamedWeight[] =>
  network.layers.flatMap((layer) => {
    const trained = new Set(layer.trainableWeights);
    return layer.weights.map((weight) => ({
      name: weight.originalName,
      shape: weight.read().shape,
      trained: trained.has(weight),
      read: () => weight.read(),
      write: (values) => weight.write(values),
    }));
  });

const networkWeights = (network: LayersModel): Promise<SafeTensor[]> =>
  Promise.all(weightsOf(network).map(({ name, read }) => asWritten(name, read())));

async function headWeights(
  config: TrainingConfig,
  network: LayersModel,
  classes: number,
  random: Random,
): Promise<SafeTensor[]> {
  const dimension = dimensionOf(network);
  const centres = randomCentres(classes, dimension, random.fork('centres'));
  const scale = chooseScale(config.scale, classes).value;
  const { head } = createHead(
    config.margin,
    { centres, dimension, scale, sampledClasses: classes },
    random.fork('head'),
  );
  try {
    return await Promise.all(head.weights.map(({ name, variable }) => asWritten(name, variable)));
  } finally {
    disposeHead(head);
  }
}

async function asWritten(name: string, tensor: tf.Tensor): Promise<SafeTensor> {
  // On the CPU backend data() may hand out the backend's own array.
  return { name, shape: tensor.shape, values: (await tensor.data<'float32'>()).slice() };
}

/** The configured network and head with the weights of a file. */
async function learnerOf(config: TrainingConfig, init: Safetensors): Promise<Learner> {
  const random = createRandom(config.seed);
  const network = await networkOf(config, random.fork('network'));
  try {
    for (const { name, shape, trained, write } of weightsOf(network)) {
      // Averages that move have no part in training; what is not trained may stay as the program has it.
      if (!trained && !init.has(name)) continue;
      const values = await readTensor(init, name, shape);
      tf.tidy(() => write(tf.tensor(values, [...shape])));
    }
    return { network, head: await loadedHead(config, dimensionOf(network), init, random), bank: null };
  } catch (thrown) {
    network.dispose();
    throw thrown;
  }
}

async function loadedHead(
  config: TrainingConfig,
  dimension: number,
  init: Safetensors,
  random: Random,
): Promise<Head> {
  const classes = classesOf(config.margin, init);
  const rows = present(init.shape('centres')[0], 'the number of centres');
  const first = await readTensor(init, 'centres', [rows, dimension]);
  const centres = tf.tidy(() => tf.variable<tf.Rank.R2>(tf.tensor2d(first, [rows, dimension])));
  const head = headOf(config.margin, centres, chooseScale(config.scale, classes).value, random.fork('head'));
  try {
    for (const { name, variable } of head.weights) {
      if (variable === centres) continue;
      const values = await readTensor(init, name, variable.shape);
      tf.tidy(() => variable.assign(tf.tensor(values, variable.shape)));
    }
    return head;
  } catch (thrown) {
    disposeHead(head);
    throw thrown;
  }
}

const dimensionOf = (network: LayersModel): number =>
  present(network.outputs[0]?.shape.at(-1), 'the size of the embedding');

const noNumber = (step: number): ProblemError =>
  new ProblemError(
    `At step ${step} (the first is 0) the loss was no number any more.`,
    'Check the weights and pictures of the folder, or lower the learning rate.',
  );
