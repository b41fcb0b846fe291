import { createElement } from 'react';
import { createRoot, type Root } from 'react-dom/client';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { page, userEvent } from 'vitest/browser';
import { personId, sampleId } from '../../../src/lib/brand.ts';
import { dataStore, initialData } from '../../../src/state/data/data-store.ts';
import { eventHandlers } from '../../../src/state/on-event.ts';
import { problemStore } from '../../../src/state/problems.ts';
import { initialRuns, runStore } from '../../../src/state/run/run-store.ts';
import { customModelStore, initialCustomModel } from '../../../src/state/settings/custom-model-store.ts';
import { initialSettings, settingsStore } from '../../../src/state/settings/settings-store.ts';
import { trainerTaskStore } from '../../../src/state/trainer-task.ts';
import { openConnections } from '../../../src/state/worker-connections.ts';
import { App } from '../../../src/ui/App.tsx';
import { fakeIngest } from './fixture/fake-ingest.ts';
import { fakeRecogniser } from './fixture/fake-recogniser.ts';
import { fakeTrainer } from './fixture/fake-trainer.ts';
import { fakeWorker } from './fixture/fake-worker.ts';
import { closeSettings, openSettings } from './fixture/settings-drawer.ts';

let root: Root | null = null;

/** The page with nine people of four photos on it. */
function open(pace = 2): void {
  dataStore.setState(initialData, true);
  const people = Array.from({ length: 9 }, (_, p) => ({
    id: personId(`p${p}`),
    name: `Person ${p}`,
    labels: [`Person ${p}`],
    faces: Array.from({ length: 4 }, (_, i) => ({
      id: sampleId(`${p}/${i}`),
      path: `${p}/${i}.png`,
      flags: [],
      faceWidth: 80,
    })),
  }));
  dataStore.setState(({ snapshot }) => ({ snapshot: { ...snapshot, people } }));
  openConnections(
    {
      ingest: () => fakeWorker(fakeIngest({ alignedSize: null, pace })),
      trainer: () => fakeWorker(fakeTrainer({ pace, stepsPerEpoch: 20, fail: false })),
      recogniser: () => fakeWorker(fakeRecogniser({ pace })),
    },
    eventHandlers,
  );
  const home = document.createElement('div');
  document.body.append(home);
  root = createRoot(home);
  root.render(createElement(App));
}

beforeEach(() => {
  runStore.setState(initialRuns, true);
  settingsStore.setState(initialSettings, true);
  trainerTaskStore.setState({ task: 'none' });
  customModelStore.setState(initialCustomModel, true);
  problemStore.setState({ problems: [] });
});
afterEach(() => {
  root?.unmount();
  document.body.replaceChildren();
});

const id = (name: string) => page.getByTestId(name);
const network = page.getByRole('combobox', { name: 'Backbone' });
const described = (what: string, name = 'model.json'): File =>
  new File([JSON.stringify({ modelTopology: { name: what }, weightsManifest: [] })], name);
const MODEL = [described('a network'), new File(['numbers'], 'weights.bin')];
const NO_MODEL = [new File(['{}'], 'notes.json')];

async function give(files: readonly File[]): Promise<void> {
  await userEvent.upload(id('own-model-input'), [...files]);
}

it('every preset offers its networks', async () => {
  open();
  await page.getByTestId('nav-train').click();
  for (const [preset, labels] of [
    ['quick', ['MobileFaceNet, pretrained', "dlib's ResNet, pretrained", 'Custom model']],
    ['finetune', ['MobileFaceNet, pretrained', "dlib's ResNet, pretrained", 'Custom model']],
    ['scratch', ['Small CNN', 'VGG8', 'MobileFaceNet', 'IResNet-18', 'IResNet-50', 'Custom model']],
  ] as const) {
    await id(`preset-${preset}`).click();
    await openSettings();
    const options = [...network.element().querySelectorAll('option')].map((option) => option.textContent);
    expect(options).toEqual(labels);
    await closeSettings();
  }
});

it('takes a model, asks with guesses, trains it and names it among the runs', async () => {
  open();
  await openSettings();
  await network.selectOptions('Custom model');
  await expect.element(id('start-training')).toBeDisabled();
  await expect.element(page.getByText('Choose the files of your custom model first.').first()).toBeVisible();
  await give(MODEL);
  const findings = id('own-model-findings');
  await expect.element(findings).toHaveTextContent(/96 × 96 pixels.*64 numbers.*1,234,567/);
  await expect.element(findings).toHaveTextContent(/ends in a classification layer \(classes; 5 classes\)/);
  await expect.element(page.getByRole('switch', { name: /^Remove the classification layer/ })).toBeChecked();
  await expect.element(page.getByText(/^.*Guess: −1 to 1.*mobilenet_v2/)).toBeVisible();
  expect(page.getByLabelText(/^Input size/).query()).toBeNull();
  const frozen = page.getByLabelText(/^Frozen up to/);
  await expect.element(frozen).toHaveDisplayValue('pool (GlobalAveragePooling2D, 16)');
  await frozen.selectOptions('sum (Add, 48 × 48 × 16)');
  await closeSettings();
  await page.getByLabelText(/^Epochs/).fill('2');
  await id('start-training').click();
  await expect.element(id('run-status'), { timeout: 20_000 }).toHaveTextContent('done');
  const run = runStore.getState().current;
  expect(run?.config.backbone).toEqual({
    kind: 'custom',
    inputSize: 96,
    range: 'symmetric-127.5',
    frozenUpTo: 'sum',
    cutSoftmax: true,
  });
  expect(run?.customModel?.name).toBe('model.json');

  await openSettings();
  await id('remove-own-model').click();
  await expect.element(network).toHaveDisplayValue('MobileFaceNet, pretrained');
  await closeSettings();
  await id('start-training').click();
  await expect.element(id('run-status'), { timeout: 20_000 }).toHaveTextContent('done');
  await expect.element(page.getByText('Run 1: Quick, model.json, 2 epochs')).toBeVisible();
  const table = page.getByRole('table', { name: 'Runs side by side' });
  await expect
    .element(table.getByRole('row', { name: /^Backbone/ }))
    .toHaveTextContent('Backbonemodel.jsonMobileFaceNet, pretrained');
  await page.getByRole('button', { name: 'Reuse settings' }).first().click();
  await openSettings();
  await expect.element(findings).toHaveTextContent('model.json');
  await expect.element(id('start-training')).toBeEnabled();
});

it('the input size of a model that takes any is asked; the preset decides what can be frozen', async () => {
  open();
  await openSettings();
  await network.selectOptions('Custom model');
  await give([described('any size')]);
  await page.getByLabelText(/^Input size/).fill('600');
  await expect.element(page.getByText('Must be a whole number from 16 to 512.')).toBeVisible();
  await expect.element(id('start-training')).toBeDisabled();
  await page.getByLabelText(/^Input size/).fill('64');
  await expect.element(id('start-training')).toBeEnabled();
  await closeSettings();
  await id('preset-finetune').click();
  await openSettings();
  await expect
    .element(page.getByLabelText(/^Frozen up to/))
    .toHaveDisplayValue('None: all layers are trained');
  await expect.element(page.getByLabelText(/^Input size/)).toHaveValue('64');
  await closeSettings();
  await id('preset-scratch').click();
  await openSettings();
  expect(page.getByLabelText(/^Frozen up to/).query()).toBeNull();
  await expect.element(id('start-training')).toBeEnabled();
});

it('bad files are explained, the model before them stays, and reading can be cancelled', async () => {
  open(30);
  await openSettings();
  await network.selectOptions('Custom model');
  await give(NO_MODEL);
  await expect.element(id('own-model-error')).toHaveTextContent(/no model\.json.*Choose the model\.json/);
  expect(customModelStore.getState().network).toBeNull();
  await give(MODEL);
  await expect.element(id('own-model-findings')).toBeVisible();
  expect(id('own-model-error').query()).toBeNull();
  await give([new File(['1'], 'same.bin'), new File(['2'], 'same.bin')]);
  await expect.element(id('own-model-error')).toHaveTextContent(/no model\.json.*“model\.json” is kept/);
  await give([described('slow', 'notes.json')]);
  await expect.element(id('own-model-reading')).toHaveTextContent('notes.json');
  await page.getByRole('button', { name: 'Cancel' }).click();
  await expect.element(id('own-model-input')).toBeInTheDocument();
  expect(id('own-model-error').query()).toBeNull();
  await expect.element(id('own-model-findings')).toHaveTextContent('96 × 96 pixels');
  await expect.element(id('start-training')).toBeEnabled();
});

it('takes what is dropped on its place as a model, not as photos', async () => {
  open();
  await openSettings();
  await network.selectOptions('Custom model');
  const transfer = new DataTransfer();
  for (const file of MODEL) transfer.items.add(file);
  const fire = (type: string): boolean =>
    id('own-model-drop')
      .element()
      .dispatchEvent(new DragEvent(type, { bubbles: true, cancelable: true, dataTransfer: transfer }));
  await expect.element(id('own-model-drop')).toBeVisible();
  fire('dragover');
  await expect.element(page.getByText('Use as custom model')).toBeVisible();
  fire('drop');
  await expect.element(id('own-model-findings')).toBeVisible();
  expect(page.getByText('Use as custom model').query()).toBeNull();
  expect(dataStore.getState().snapshot.rejected).toEqual([]);
  expect(dataStore.getState().intake.status).toBe('idle');
});
