import { beforeEach, describe, expect, it } from 'vitest';
import { presets } from '../../../src/config/presets.ts';
import { guessedSettings } from '../../../src/domain/custom-model/settings.ts';
import { differences, networkOf } from '../../../src/state/run/compare.ts';
import { reuseSettings } from '../../../src/state/run/run-actions.ts';
import { runDataOf } from '../../../src/state/run/run-data.ts';
import { beginRun, initialRuns, runStore } from '../../../src/state/run/run-store.ts';
import { addCustomModelFiles, removeCustomModel } from '../../../src/state/settings/custom-model-actions.ts';
import { customModelStore, initialCustomModel } from '../../../src/state/settings/custom-model-store.ts';
import { changeSetting, choosePreset } from '../../../src/state/settings/settings-actions.ts';
import { checkForm, readPath, settingsOf, writePath } from '../../../src/state/settings/settings-form.ts';
import { initialSettings, settingsStore } from '../../../src/state/settings/settings-store.ts';
import { type TrainerTask, trainerTaskStore } from '../../../src/state/trainer-task.ts';
import { FINDINGS, FREE_SIZE } from '../../fixtures/custom-model-findings.ts';
import { equalSet } from '../../fixtures/people.ts';

const network = { name: 'faces.zip', file: new Blob(), findings: FINDINGS };
const form = () => settingsStore.getState().form;
const checked = () => checkForm(form(), customModelStore.getState().network?.findings ?? null);

beforeEach(() => {
  runStore.setState(initialRuns, true);
  settingsStore.setState(initialSettings, true);
  customModelStore.setState(initialCustomModel, true);
});

describe('a custom model in the settings', () => {
  it('is missing until its files are given, and then has the guessed settings', () => {
    changeSetting('backbone', {
      kind: 'custom',
      inputSize: 112,
      range: 'unit',
      frozenUpTo: null,
      cutSoftmax: false,
    });
    const missing = checked();
    expect(missing.valid ? null : missing.wrong.get('backbone')).toMatch(/choose its files/);
    expect(settingsOf(form()).map(({ group }) => group)).not.toContain('custom-model');

    customModelStore.setState({ network });
    changeSetting('backbone', readPath(form(), 'backbone') ?? null);
    expect(readPath(form(), 'backbone')).toEqual({
      kind: 'custom',
      inputSize: 96,
      range: 'symmetric-127.5',
      // The normalisation after the embedding has no kernel: the layer before the last one with a kernel.
      frozenUpTo: 'pool',
      cutSoftmax: true,
    });
    expect(checked().valid).toBe(true);
    const asked = settingsOf(form(), FINDINGS).filter(({ group }) => group === 'custom-model');
    expect(asked.map(({ path }) => path)).toEqual([
      'backbone.cutSoftmax',
      'backbone.range',
      'backbone.frozenUpTo',
    ]);
    expect(settingsOf(form(), FREE_SIZE).map(({ path }) => path)).toContain('backbone.inputSize');
  });

  it('stays valid from preset to preset and keeps the answers', () => {
    customModelStore.setState({ network });
    settingsStore.setState({
      form: writePath(presets.quick, 'backbone', guessedSettings(FINDINGS, 'quick')),
    });
    changeSetting('backbone.range', 'imagenet');
    for (const [preset, frozen] of [
      ['scratch', null],
      ['finetune', null],
      ['quick', 'pool'],
    ] as const) {
      choosePreset(preset);
      expect(checked().valid).toBe(true);
      expect(readPath(form(), 'preset')).toBe(preset);
      expect(readPath(form(), 'backbone.frozenUpTo')).toBe(frozen);
      expect(readPath(form(), 'backbone.range')).toBe('imagenet');
    }
    choosePreset('finetune');
    changeSetting('backbone.frozenUpTo', 'sum');
    expect(checked().valid).toBe(true);
    changeSetting('backbone.frozenUpTo', 'side');
    const wrong = checked();
    expect(wrong.valid ? null : wrong.wrong.get('backbone.frozenUpTo')).toMatch(/choose another/);
  });

  it('is gone once removed, and comes back with the settings of its run', () => {
    customModelStore.setState({ network });
    settingsStore.setState({
      form: writePath(presets.scratch, 'backbone', guessedSettings(FINDINGS, 'scratch')),
    });
    const config = checked();
    if (!config.valid) throw new Error('not valid');
    beginRun(config.config, runDataOf(equalSet(9, 10)), network);
    removeCustomModel();
    expect(readPath(form(), 'backbone')).toEqual(presets.scratch.backbone);
    expect(customModelStore.getState().network).toBeNull();
    reuseSettings(1);
    expect(customModelStore.getState().network).toBe(network);
    expect(checked().valid).toBe(true);
  });

  it('is named by its file where runs are compared', () => {
    const config = { ...presets.quick, backbone: guessedSettings(FINDINGS, 'quick') };
    beginRun(config, runDataOf(equalSet(9, 10)), network);
    const custom = runStore.getState().current;
    beginRun(presets.quick, runDataOf(equalSet(9, 10)));
    const other = runStore.getState().current;
    if (!custom || !other) throw new Error('no runs');
    expect(networkOf(custom)).toBe('faces.zip');
    const rows = differences([custom, other]);
    expect(rows.find(({ label }) => label === 'Backbone')?.values).toEqual([
      'faces.zip',
      'MobileFaceNet, pretrained',
    ]);
    expect(new Set(rows.map(({ path }) => path)).size).toBe(rows.length);
  });

  it.each<[TrainerTask, RegExp, RegExp]>([
    ['training', /while a run is in progress/, /Stop the run/],
    ['lr-finder', /during the search for a learning rate/, /Cancel the search/],
  ])('is not read during %s, and the one given before stays', async (task, what, remedy) => {
    customModelStore.setState({ network });
    trainerTaskStore.setState({ task });
    await addCustomModelFiles([new File(['{}'], 'model.json')]);
    trainerTaskStore.setState({ task: 'none' });
    expect(customModelStore.getState().network).toBe(network);
    expect(customModelStore.getState().problem?.what).toMatch(what);
    expect(customModelStore.getState().problem?.remedy).toMatch(remedy);
  });

  it('that cannot be cut into two parts is refused by Quick', () => {
    const uncut = { ...FINDINGS, layers: FINDINGS.layers.map((layer) => ({ ...layer, cut: false })) };
    const quick = writePath(presets.quick, 'backbone', guessedSettings(uncut, 'quick'));
    const result = checkForm(quick, uncut);
    expect(result.valid ? null : result.wrong.get('backbone.frozenUpTo')).toMatch(/Fine-tune/);
    const finetune = writePath(presets.finetune, 'backbone', guessedSettings(uncut, 'finetune'));
    expect(checkForm(finetune, uncut).valid).toBe(true);
  });
});

it('dlib’s network brings its own learning rate, unless one was set by hand', () => {
  const dlib = { kind: 'pretrained-dlib', trained: 'all' } as const;
  choosePreset('finetune');
  changeSetting('backbone', dlib);
  expect(readPath(form(), 'learningRate')).toBeLessThan(presets.finetune.learningRate);
  changeSetting('backbone', presets.finetune.backbone);
  expect(readPath(form(), 'learningRate')).toBe(presets.finetune.learningRate);
  changeSetting('learningRate', 0.002);
  changeSetting('backbone', dlib);
  expect(readPath(form(), 'learningRate')).toBe(0.002);
});
