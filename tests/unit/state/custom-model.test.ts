import { beforeEach, describe, expect, it } from 'vitest';
import { presets } from '../../../src/config/presets.ts';
import { guessedSettings } from '../../../src/domain/custom-model-settings.ts';
import { differences, networkOf } from '../../../src/state/run/compare.ts';
import { lrFinderStore } from '../../../src/state/run/lr-finder-store.ts';
import { changeSetting, choosePreset, reuseSettings } from '../../../src/state/run/run-actions.ts';
import { beginRun, initialRuns, runStore } from '../../../src/state/run/run-store.ts';
import { addCustomModelFiles, removeCustomModel } from '../../../src/state/settings/custom-model-actions.ts';
import { customModelStore, initialCustomModel } from '../../../src/state/settings/custom-model-store.ts';
import { checkForm, readPath, settingsOf, writePath } from '../../../src/state/settings/settings-form.ts';
import { FINDINGS, FREE_SIZE } from '../../fixtures/custom-model-findings.ts';

const network = { name: 'faces.zip', file: new Blob(), findings: FINDINGS };
const draft = () => runStore.getState().form;
const checked = () => checkForm(draft(), customModelStore.getState().network?.findings ?? null);

beforeEach(() => {
  runStore.setState(initialRuns, true);
  customModelStore.setState(initialCustomModel, true);
});

describe('a network of one’s own in the settings', () => {
  it('is missing until its files are given, and then stands with the guesses', () => {
    changeSetting('backbone', {
      kind: 'own',
      inputSize: 112,
      range: 'unit',
      frozenUpTo: null,
      cutSoftmax: false,
    });
    const missing = checked();
    expect(missing.valid ? null : missing.wrong.get('backbone')).toMatch(/choose its files/);
    expect(settingsOf(draft()).map(({ group }) => group)).not.toContain('own');

    customModelStore.setState({ network });
    changeSetting('backbone', readPath(draft(), 'backbone') ?? null);
    expect(readPath(draft(), 'backbone')).toEqual({
      kind: 'own',
      inputSize: 96,
      range: 'symmetric-127.5',
      // The norm behind the embedding is no embedding: the layer in front of the last one with a kernel.
      frozenUpTo: 'pool',
      cutSoftmax: true,
    });
    expect(checked().valid).toBe(true);
    const asked = settingsOf(draft(), FINDINGS).filter(({ group }) => group === 'own');
    expect(asked.map(({ path }) => path)).toEqual([
      'backbone.cutSoftmax',
      'backbone.range',
      'backbone.frozenUpTo',
    ]);
    expect(settingsOf(draft(), FREE_SIZE).map(({ path }) => path)).toContain('backbone.inputSize');
  });

  it('stays valid from preset to preset and keeps the answers', () => {
    customModelStore.setState({ network });
    runStore.setState({ form: writePath(presets.quick, 'backbone', guessedSettings(FINDINGS, 'quick')) });
    changeSetting('backbone.range', 'imagenet');
    for (const [preset, frozen] of [
      ['scratch', null],
      ['finetune', null],
      ['quick', 'pool'],
    ] as const) {
      choosePreset(preset);
      expect(checked().valid).toBe(true);
      expect(readPath(draft(), 'preset')).toBe(preset);
      expect(readPath(draft(), 'backbone.frozenUpTo')).toBe(frozen);
      expect(readPath(draft(), 'backbone.range')).toBe('imagenet');
    }
    choosePreset('finetune');
    changeSetting('backbone.frozenUpTo', 'sum');
    expect(checked().valid).toBe(true);
    changeSetting('backbone.frozenUpTo', 'side');
    const wrong = checked();
    expect(wrong.valid ? null : wrong.wrong.get('backbone.frozenUpTo')).toMatch(/choose another/);
  });

  it('goes by being removed, or for another network; a run brings its own back', () => {
    customModelStore.setState({ network });
    runStore.setState({
      form: writePath(presets.scratch, 'backbone', guessedSettings(FINDINGS, 'scratch')),
    });
    const config = checked();
    if (!config.valid) throw new Error('not valid');
    beginRun(config.config, { people: 9, photos: 90 }, network);
    removeCustomModel();
    expect(readPath(draft(), 'backbone')).toEqual(presets.scratch.backbone);
    expect(customModelStore.getState().network).toBeNull();
    reuseSettings(1);
    expect(customModelStore.getState().network).toBe(network);
    expect(checked().valid).toBe(true);
  });

  it('is named by its file where runs are compared', () => {
    const config = { ...presets.quick, backbone: guessedSettings(FINDINGS, 'quick') };
    beginRun(config, { people: 9, photos: 90 }, network);
    const own = runStore.getState().current;
    beginRun(presets.quick, { people: 9, photos: 90 });
    const other = runStore.getState().current;
    if (!own || !other) throw new Error('no runs');
    expect(networkOf(own)).toBe('faces.zip');
    const rows = differences([own, other]);
    expect(rows.find(({ label }) => label === 'Backbone')?.values).toEqual([
      'faces.zip',
      'MobileFaceNet, pretrained',
    ]);
    expect(new Set(rows.map(({ path }) => path)).size).toBe(rows.length);
  });

  it('is not looked at while a learning rate is being looked for, and the one given before stays', async () => {
    customModelStore.setState({ network });
    lrFinderStore.setState({ status: 'searching', what: 'Training', done: 1, total: 9, points: [] }, true);
    await addCustomModelFiles([new File(['{}'], 'model.json')]);
    lrFinderStore.setState({ status: 'none' }, true);
    expect(customModelStore.getState().network).toBe(network);
    expect(customModelStore.getState().problem?.what).toMatch(/learning rate is being looked for/);
    expect(customModelStore.getState().problem?.remedy).toMatch(/Cancel the search/);
  });

  it('that cannot be cut in two is no network for Quick', () => {
    const whole = { ...FINDINGS, layers: FINDINGS.layers.map((layer) => ({ ...layer, cut: false })) };
    const quick = writePath(presets.quick, 'backbone', guessedSettings(whole, 'quick'));
    const result = checkForm(quick, whole);
    expect(result.valid ? null : result.wrong.get('backbone.frozenUpTo')).toMatch(/Fine-tune/);
    const finetune = writePath(presets.finetune, 'backbone', guessedSettings(whole, 'finetune'));
    expect(checkForm(finetune, whole).valid).toBe(true);
  });
});

it('dlib’s network brings its own learning rate, unless one was set by hand', () => {
  const dlib = { kind: 'pretrained-dlib', trained: 'all' } as const;
  choosePreset('finetune');
  changeSetting('backbone', dlib);
  expect(readPath(draft(), 'learningRate')).toBeLessThan(presets.finetune.learningRate);
  changeSetting('backbone', presets.finetune.backbone);
  expect(readPath(draft(), 'learningRate')).toBe(presets.finetune.learningRate);
  changeSetting('learningRate', 0.002);
  changeSetting('backbone', dlib);
  expect(readPath(draft(), 'learningRate')).toBe(0.002);
});
