import type { LayersModel } from '@tensorflow/tfjs-layers';
import { z } from 'zod';
import type { MarginConfig, TrainingConfig } from '../../config/training-config.ts';
import { partsAt } from '../../model/custom-model/graph.ts';
import { stagesFromEnd } from '../../train/step/stages.ts';
import type { DescribedNetwork } from './describe-network.ts';

const marginSchema = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('arcface'),
    /** Radians. */
    m: z.number(),
    easy: z.boolean(),
    pastPi: z.enum(['continued', 'dropped', 'cosine']),
    gradient: z.enum(['exact', 'straight-through']),
  }),
  /** A difference of cosines. */
  z.strictObject({ kind: z.literal('cosface'), m3: z.number() }),
]);
type TorchMargin = z.infer<typeof marginSchema>;

/** The settings of a run that train.py goes on with; their meaning and units are those of the manifest. */
export const trainingSchema = z.object({
  margin: marginSchema,
  scale: z.number(),
  labelSmoothing: z.number(),
  sampledCentres: z.number(),
  seed: z.int(),
  epochs: z.int(),
  batchSize: z.int(),
  mirror: z.boolean(),
  optimiser: z.object({ kind: z.enum(['sgd', 'adamw']) }).loose(),
  learningRate: z.number(),
  headRateFactor: z.number(),
  weightDecay: z.number(),
  clipNorm: z.number(),
  schedule: z.object({ kind: z.enum(['cosine', 'step', 'polynomial']) }).loose(),
  /** Tensors that weight decay applies to, besides the centres. */
  decayed: z.array(z.string()),
  /** Tensors that the run did not train. */
  frozen: z.array(z.string()),
  /** What the learning rate of a tensor is multiplied by, where that is not 1. */
  rateFactors: z.record(z.string(), z.number()),
});
export type TorchTraining = z.infer<typeof trainingSchema>;

/** Enough for a run whose margin has no angle: the paper's (arXiv 1801.07698, section 3.1). */
const PAPER_MARGIN = 0.5;
const plainArcFace = (m: number): TorchMargin => ({
  kind: 'arcface',
  m,
  easy: false,
  pastPi: 'continued',
  gradient: 'exact',
});

/** ArcFace and CosFace as they are; training without a margin as ArcFace with none; of the others the angle that they have. */
function torchMargin(margin: MarginConfig): { readonly margin: TorchMargin; readonly exact: boolean } {
  switch (margin.kind) {
    case 'arcface': {
      const { kind, m, easy, pastPi, gradient } = margin;
      return { margin: { kind, m, easy, pastPi, gradient }, exact: true };
    }
    case 'cosface':
      return { margin: { kind: 'cosface', m3: margin.m3 }, exact: true };
    case 'none':
      return { margin: plainArcFace(0), exact: true };
    default:
      return { margin: plainArcFace('m' in margin ? margin.m : PAPER_MARGIN), exact: false };
  }
}

/** @param scale of the logits, as the run used it */
export function torchTraining(
  model: LayersModel,
  { tensorNames }: DescribedNetwork,
  config: TrainingConfig,
  scale: number,
): TorchTraining {
  const frozenLayers = new Set(frozenFront(model, config));
  const stages = config.stageRateFactor === 1 ? null : stagesFromEnd(model);
  const decayed: string[] = [];
  const frozen: string[] = [];
  const rateFactors: Record<string, number> = {};
  for (const layer of model.layers) {
    const trained = new Set(frozenLayers.has(layer.name) ? [] : layer.trainableWeights);
    const factor = config.stageRateFactor ** (stages?.get(layer.name) ?? 0);
    for (const weight of layer.weights) {
      const names = tensorNames.get(weight.originalName) ?? [];
      if (weight.originalName.endsWith('kernel')) decayed.push(...names);
      if (!trained.has(weight) && !/moving_(mean|variance)$/.test(weight.originalName)) frozen.push(...names);
      if (factor !== 1) for (const name of names) rateFactors[name] = factor;
    }
  }
  const { labelSmoothing, sampledCentres, seed, epochs, batchSize, optimiser, learningRate } = config;
  const { headRateFactor, weightDecay, clipNorm, schedule, augment } = config;
  return {
    margin: torchMargin(config.margin).margin,
    scale,
    labelSmoothing,
    sampledCentres,
    seed,
    epochs,
    batchSize,
    mirror: augment.mirror,
    optimiser,
    learningRate,
    headRateFactor,
    weightDecay,
    clipNorm,
    schedule,
    decayed,
    frozen,
    rateFactors,
  };
}

/** Names of the layers whose features the run computed once: they are frozen, whatever they say themselves. */
export function frozenFront(model: LayersModel, { backbone, preset }: TrainingConfig): string[] {
  const upTo =
    backbone.kind === 'custom'
      ? preset === 'quick'
        ? backbone.frozenUpTo
        : null
      : 'trained' in backbone && backbone.trained === 'embedding'
        ? 'features'
        : null;
  const cut = model.layers.find(({ name }) => name === upTo);
  return cut ? partsAt(model, cut).front.map(({ name }) => name) : [];
}

/** What of the run's settings train.py does not do, in sentences. */
export function notCarriedOver(config: TrainingConfig): string[] {
  const { augment, margin } = config;
  const { margin: taken, exact } = torchMargin(margin);
  const changes = [
    augment.rotationDegrees + augment.shift + augment.zoom > 0 ? 'rotation, shift and zoom' : null,
    augment.colour > 0 ? 'colour' : null,
    augment.blur + augment.erase + augment.lowResolution > 0 ? 'blurring, erasing and low resolution' : null,
  ].filter((change) => change !== null);
  return [
    exact || taken.kind !== 'arcface'
      ? null
      : `The run had the margin "${margin.kind}". Here it is ArcFace with m = ${taken.m} radians.`,
    changes.length > 0 ? `Augmentation is mirroring only. The run also varied: ${changes.join('; ')}.` : null,
    config.sampling.kind === 'balanced'
      ? 'Batches are shuffled. The run drew as many photos of each person.'
      : null,
    config.accumulation > 1
      ? `One step is one batch. The run averaged the gradients of ${config.accumulation} batches.`
      : null,
    config.weightAveraging > 0 ? 'The mean of the weights over the steps (EMA) is not taken.' : null,
    config.patience > 0 ? 'There is no early stopping: nothing is evaluated during training.' : null,
  ].filter((sentence) => sentence !== null);
}
