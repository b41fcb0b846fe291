import type { LayersModel } from '@tensorflow/tfjs-layers';
import { rangeOf } from '../../config/backbone.ts';
import type { OwnBackbone } from '../../config/training-config.ts';
import { ProblemError } from '../../lib/problem.ts';
import type { Random } from '../../lib/random.ts';
import { createBackbone } from '../../model/backbones/index.ts';
import { learnedDistances, loadForFineTuning, loadSplit } from '../../model/backbones/pretrained.ts';
import { customNetwork, freeze, splitCustomNetwork } from '../../model/custom-model/network.ts';
import type { CustomModel } from '../../model/custom-model/read.ts';
import { createCachedFeaturesTask, type LoadSplit } from './cached-features.ts';
import { createEndToEndTask, type EndToEndStart } from './end-to-end.ts';
import type { LabelledFaces, OnPreparing, Task, TaskSettings } from './task.ts';

/** What of a network learns: the part behind its cached features, or layers of the whole network. */
export type TrainingMode =
  | { readonly kind: 'features'; readonly load: LoadSplit }
  | ({ readonly kind: 'whole' } & EndToEndStart);

/**
 * Makes what a configuration says shall learn: the network and what of it is trained decide, not the preset's name;
 * only of a network that the person gave the preset says which of the three ways it goes.
 */
export function createTask(
  blobs: readonly Blob[],
  training: LabelledFaces,
  decided: TaskSettings,
  random: Random,
  signal: AbortSignal,
  onPreparing: OnPreparing,
): Promise<Task> {
  const way = trainingModeOf(decided, random);
  return way.kind === 'features'
    ? createCachedFeaturesTask(way.load, blobs, training, decided, random, signal, onPreparing)
    : createEndToEndTask(way, blobs, training, decided, random, signal, onPreparing);
}

/** @throws ProblemError where the network is the person's own and the settings do not fit it, or it is missing */
export function trainingModeOf(
  { config, own }: Pick<TaskSettings, 'config' | 'own'>,
  random: Random,
): TrainingMode {
  const { backbone, preset } = config;
  const range = rangeOf(backbone);
  switch (backbone.kind) {
    case 'pretrained-mobilefacenet':
    case 'pretrained-dlib': {
      const { kind, trained } = backbone;
      if (trained === 'embedding') return { kind: 'features', load: () => loadSplit(kind) };
      const centres = learnedDistances(kind) ? 'means-from-middle' : 'means';
      return { kind: 'whole', network: () => loadForFineTuning(kind, trained), centres, range };
    }
    case 'own':
      return customModelMode(preset, backbone, given(own), random);
    default: {
      const network = async (): Promise<LayersModel> => createBackbone(backbone, random.fork('network'));
      return { kind: 'whole', network, centres: 'random', range };
    }
  }
}

function customModelMode(
  preset: string,
  backbone: OwnBackbone,
  own: CustomModel,
  random: Random,
): TrainingMode {
  const { frozenUpTo } = backbone;
  const load = (fresh: boolean): Promise<LayersModel> =>
    customNetwork(own, backbone, fresh, random.fork('network'));
  const range = rangeOf(backbone);
  if (preset === 'quick') {
    if (frozenUpTo === null) {
      throw new ProblemError(
        'Quick computes the features of a frozen network once, and the settings freeze no layer of yours.',
        'Say up to which layer it is frozen ("frozenUpTo"), or choose Fine-tune.',
      );
    }
    return { kind: 'features', load: async () => cut(await load(false), frozenUpTo) };
  }
  if (preset === 'scratch') {
    if (frozenUpTo !== null) {
      throw new ProblemError(
        'From scratch starts from random weights, and frozen layers would stay random.',
        'Freeze none ("frozenUpTo": null), or choose Fine-tune.',
      );
    }
    return { kind: 'whole', network: () => load(true), centres: 'random', range };
  }
  const network = async (): Promise<LayersModel> => {
    const model = await load(false);
    try {
      if (frozenUpTo !== null) freeze(model, frozenUpTo);
      return model;
    } catch (thrown) {
      model.dispose();
      throw thrown;
    }
  };
  return { kind: 'whole', network, centres: 'means', range };
}

function cut(model: LayersModel, upTo: string): ReturnType<typeof splitCustomNetwork> {
  try {
    return splitCustomNetwork(model, upTo);
  } catch (thrown) {
    model.dispose();
    throw thrown;
  }
}

function given(own: CustomModel | null | undefined): CustomModel {
  if (own) return own;
  throw new ProblemError(
    'The settings ask for a network of your own, and none was given.',
    'Choose its files (model.json and .bin, or a .zip), or another network.',
  );
}
