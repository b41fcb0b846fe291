import type { LayersModel } from '@tensorflow/tfjs-layers';
import { backboneMeta, type CustomBackbone, isPretrained, rangeOf } from '../../config/backbone.ts';
import type { PresetName } from '../../lib/preset-name.ts';
import { ProblemError } from '../../lib/problem.ts';
import type { Random } from '../../lib/random.ts';
import { createBackbone } from '../../model/backbones/create-backbone.ts';
import { loadForFineTuning, loadSplit } from '../../model/backbones/pretrained.ts';
import { customNetwork, freeze, splitCustomNetwork } from '../../model/custom-model/network.ts';
import type { CustomModel } from '../../model/custom-model/read.ts';
import { createCachedFeaturesTask, type LoadSplit } from './cached-features.ts';
import { createEndToEndTask, type EndToEndStart } from './end-to-end.ts';
import type { Task, TaskInput } from './task.ts';

/** What of a network is trained: the part behind its cached features, or layers of the whole network. */
export type TrainingMode =
  | { readonly kind: 'cached-features'; readonly load: LoadSplit }
  | ({ readonly kind: 'end-to-end' } & EndToEndStart);

/**
 * Makes what a configuration says is trained: the network and what of it is trained decide, not the preset's name; only
 * for a custom model the preset says which of the three ways it goes.
 */
export function createTask(input: TaskInput): Promise<Task> {
  const mode = trainingModeOf(input);
  return mode.kind === 'cached-features'
    ? createCachedFeaturesTask(mode.load, input)
    : createEndToEndTask(mode, input);
}

/** @throws ProblemError where the network is a custom model and the settings do not fit it, or it is missing */
export function trainingModeOf({
  config,
  customModel,
  random,
}: Pick<TaskInput, 'config' | 'customModel' | 'random'>): TrainingMode {
  const { backbone, preset } = config;
  const range = rangeOf(backbone);
  if (backbone.kind === 'custom') return customModelMode(preset, backbone, given(customModel), random);
  if (isPretrained(backbone)) {
    const { trained } = backbone;
    if (trained === 'embedding') return { kind: 'cached-features', load: () => loadSplit(backbone) };
    const distances = backboneMeta(backbone).metric === 'distance';
    const network = (): Promise<LayersModel> => loadForFineTuning(backbone, trained);
    return { kind: 'end-to-end', network, centres: distances ? 'recentred-means' : 'means', range };
  }
  const network = async (): Promise<LayersModel> => createBackbone(backbone, random.fork('network'));
  return { kind: 'end-to-end', network, centres: 'random', range };
}

function customModelMode(
  preset: PresetName,
  backbone: CustomBackbone,
  model: CustomModel,
  random: Random,
): TrainingMode {
  const { frozenUpTo } = backbone;
  const load = (fresh: boolean): Promise<LayersModel> =>
    customNetwork(model, backbone, fresh, random.fork('network'));
  const range = rangeOf(backbone);
  if (preset === 'quick') {
    if (frozenUpTo === null) {
      throw new ProblemError(
        'Quick computes the features of a frozen network once, and the settings freeze no layer of the custom model.',
        'Say up to which layer it is frozen ("frozenUpTo"), or choose Fine-tune.',
      );
    }
    return { kind: 'cached-features', load: async () => cut(await load(false), frozenUpTo) };
  }
  if (preset === 'scratch') {
    if (frozenUpTo !== null) {
      throw new ProblemError(
        'From scratch starts from random weights, and frozen layers would stay random.',
        'Freeze none ("frozenUpTo": null), or choose Fine-tune.',
      );
    }
    return { kind: 'end-to-end', network: () => load(true), centres: 'random', range };
  }
  const network = async (): Promise<LayersModel> => {
    const loaded = await load(false);
    try {
      if (frozenUpTo !== null) freeze(loaded, frozenUpTo);
      return loaded;
    } catch (thrown) {
      loaded.dispose();
      throw thrown;
    }
  };
  return { kind: 'end-to-end', network, centres: 'means', range };
}

function cut(model: LayersModel, upTo: string): ReturnType<typeof splitCustomNetwork> {
  try {
    return splitCustomNetwork(model, upTo);
  } catch (thrown) {
    model.dispose();
    throw thrown;
  }
}

function given(model: CustomModel | null): CustomModel {
  if (model) return model;
  throw new ProblemError(
    'The settings ask for a custom model, and none was given.',
    'Choose its files (model.json and .bin, or a .zip), or another network.',
  );
}
