import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { parseMargin } from '../../../src/config/margin.ts';
import { presets } from '../../../src/config/presets.ts';
import type { TrainingConfig } from '../../../src/config/training-config.ts';
import { describeNetwork } from '../../../src/export/torch/describe-network.ts';
import {
  notCarriedOver,
  torchTraining,
  trainingSchema,
} from '../../../src/export/torch/training-settings.ts';
import { createRandom } from '../../../src/lib/random.ts';
import { createBackbone } from '../../../src/model/backbones/create-backbone.ts';

/** What the folder for PyTorch takes over from the settings of a run. */

beforeAll(() => tf.setBackend('cpu'));

async function settings(config: TrainingConfig, change: (name: string) => boolean = () => true) {
  const model = createBackbone({ kind: 'small-cnn', inputSize: 32, embeddingSize: 8 }, createRandom(1));
  for (const layer of model.layers) layer.trainable = change(layer.name);
  const described = await describeNetwork(model, new AbortController().signal);
  const training = torchTraining(model, described, config, 20);
  model.dispose();
  return training;
}

describe('the settings for PyTorch', () => {
  it('are those of the run, with decay on kernels and nothing frozen', async () => {
    const training = await settings(presets.scratch);
    expect(trainingSchema.parse(training)).toEqual(training);
    expect(training).toMatchObject({
      scale: 20,
      learningRate: 0.05,
      weightDecay: 5e-4,
      mirror: true,
      margin: { kind: 'arcface', m: 0.5, pastPi: 'continued' },
      frozen: [],
      rateFactors: {},
    });
    expect(training.decayed.sort()).toEqual([
      'conv1.weight',
      'conv2.weight',
      'conv3.weight',
      'embedding.weight',
    ]);
  });

  it('freeze what Quick computed features with, and layers that do not learn', async () => {
    const quick = await settings(presets.quick);
    expect(quick.frozen).toEqual(expect.arrayContaining(['conv1.weight', 'norm3.bias', 'prelu2.weight']));
    expect(quick.frozen).not.toContain('embedding.weight');
    expect(quick.frozen.join()).not.toContain('running');
    const last = await settings(presets.finetune, (name) => name !== 'conv1');
    expect(last.frozen).toEqual(['conv1.weight']);
  });

  it('slow the earlier stages down as the run did', async () => {
    const { rateFactors } = await settings({ ...presets.scratch, stageRateFactor: 0.5 });
    expect(rateFactors['conv1.weight']).toBe(0.25);
    expect(rateFactors['conv2.weight']).toBe(0.5);
    expect(rateFactors['embedding.weight']).toBeUndefined();
  });

  it('have the margins that there are, and say what is another', async () => {
    const withMargin = (value: object): TrainingConfig => ({ ...presets.quick, margin: parseMargin(value) });
    expect(notCarriedOver(presets.quick)).toEqual([]);
    const cosFace = withMargin({ kind: 'cosface', m3: 0.2 });
    expect((await settings(cosFace)).margin).toEqual({ kind: 'cosface', m3: 0.2 });
    expect(notCarriedOver(cosFace)).toEqual([]);
    const plain = withMargin({ kind: 'none' });
    expect((await settings(plain)).margin).toMatchObject({ kind: 'arcface', m: 0 });
    const adaFace = withMargin({ kind: 'adaface' });
    expect(notCarriedOver(adaFace)[0]).toMatch(/had the margin "adaface".*ArcFace with m = 0\.\d/);
    expect(notCarriedOver(presets.finetune).join(' ')).toMatch(/mirroring only.*rotation.*EMA/);
  });
});
