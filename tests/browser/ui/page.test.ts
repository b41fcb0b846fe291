import { describe, expect, it } from 'vitest';
import { page, userEvent } from 'vitest/browser';
import { dataStore } from '../../../src/state/data/data-store.ts';
import { settingsStore } from '../../../src/state/settings/settings-store.ts';
import { chooseFolder, goTo, HOSTILE, id, NINE, open, people } from './fixture/open-page.ts';

describe('the Data screen', () => {
  it('imports folders, shows hostile names as text, edits and undoes edits', async () => {
    open();
    await expect.element(id('ingest-status')).toHaveTextContent('idle');
    await chooseFolder([...people(NINE, 4), 'all/Ada/no-face.png', 'all/Ada/text.txt']);
    await expect.element(id('ingest-status')).toHaveTextContent('done');
    await expect.element(id('ingest-faces')).toHaveTextContent('36');
    await expect.element(id('ingest-rejected')).toHaveTextContent('2');
    await expect.element(id('identity-count')).toHaveTextContent('9');
    await expect.element(page.getByText(HOSTILE)).toBeVisible();
    expect(document.querySelector('img[src="x"]')).toBeNull();

    await id('open-attention').click();
    await page.getByRole('button', { name: 'Use image 1 of all/Ada/no-face.png' }).click();
    await expect.element(id('ingest-faces')).toHaveTextContent('37');
    await userEvent.keyboard('{Escape}');
    await expect.element(page.getByRole('dialog')).not.toBeInTheDocument();
    await page.getByRole('checkbox', { name: 'Select Ada' }).click();
    await page.getByRole('checkbox', { name: 'Select Bob' }).click();
    await page.getByRole('button', { name: 'Merge 2' }).click();
    await expect.element(id('identity-count')).toHaveTextContent('8');
    await userEvent.keyboard('{Control>}z{/Control}');
    await expect.element(id('identity-count')).toHaveTextContent('9');
    await page.getByRole('button', { name: 'Clear all' }).click();
    await expect.element(id('identity-count')).toHaveTextContent('0');
    await userEvent.keyboard('{Control>}z{/Control}');
    await expect.element(id('identity-count')).toHaveTextContent('9');
    await page.getByRole('button', { name: 'Clear all' }).click();
    await id('undo').click();
    await expect.element(id('identity-count')).toHaveTextContent('9');
  });

  it('renders only what is on the screen of five thousand people', async () => {
    open({ pace: 0 });
    await chooseFolder(
      people(
        Array.from({ length: 5000 }, (_, i) => `Person ${i}`),
        1,
      ),
    );
    await expect.element(id('identity-count'), { timeout: 60_000 }).toHaveTextContent('5000');
    expect(document.querySelectorAll('[data-person]').length).toBeLessThan(120);
  });

  it('asks about aligned crops and can be cancelled', async () => {
    open({ aligned: 112, pace: 250 });
    await chooseFolder(people(NINE, 20));
    await page.getByRole('button', { name: /use them as they are/i }).click();
    await expect.element(id('ingest-status')).toHaveTextContent('running');
    await id('cancel-ingest').click();
    await expect.element(id('ingest-status')).toHaveTextContent('cancelled');
    expect(dataStore.getState().snapshot.people.length).toBeGreaterThan(0);
  });

  it('asks who is on which photo where folders leave it open', async () => {
    open();
    const parts = ['Ada', 'Bob', 'Cy'].flatMap((name) => [
      `all/${name}/frontal/${name}.png`,
      `all/${name}/p/${name}.png`,
    ]);
    await chooseFolder(parts);
    const recommended = page.getByRole('radio', { name: '3 people: Ada, Bob, Cy (recommended)' });
    await expect.element(recommended).toBeChecked();
    await expect
      .element(page.getByText('named by the folder: “Ada” in all/Ada/frontal/Ada.png'))
      .toBeVisible();
    await id('answer-question').click();
    await expect.element(id('identity-count')).toHaveTextContent('3');
    await page.getByRole('button', { name: 'Clear all' }).click();

    await chooseFolder(parts);
    await page.getByRole('radio', { name: '2 people: frontal, p' }).click();
    await id('answer-question').click();
    await expect.element(id('identity-count')).toHaveTextContent('2');
  });

  it('says what went wrong with a hostile archive and loses nothing', async () => {
    open();
    await chooseFolder(people(NINE, 3));
    await expect.element(id('ingest-faces')).toHaveTextContent('27');
    await chooseFolder(['bomb.zip']);
    await expect.element(id('error-message')).toHaveTextContent(/refused/);
    await expect.element(id('ingest-faces')).toHaveTextContent('27');
    await page.getByRole('button', { name: 'Dismiss' }).click();
    expect(id('error-message').query()).toBeNull();
  });
});

describe('the Train screen', () => {
  it('trains, pauses, resumes, shows results next to the baseline, downloads and compares', async () => {
    open({ pace: 20 });
    await goTo('train');
    await expect.element(id('start-training')).toBeDisabled();
    await id('preset-finetune').click();
    await expect.element(id('preset-finetune')).toHaveAttribute('aria-pressed', 'true');
    await id('preset-quick').click();
    await chooseFolder(people(NINE, 6));
    await expect.element(id('ingest-status')).toHaveTextContent('done');
    await id('next-train').click();
    await page.getByLabelText(/^Epochs/).fill('0');
    await expect.element(page.getByText('Must be a whole number from 1 to 1000.')).toBeVisible();
    await expect.element(id('start-training')).toBeDisabled();
    await page.getByLabelText(/^Epochs/).fill('20');
    await id('start-training').click();
    await expect.element(id('run-status')).toHaveTextContent('running');
    await id('pause-training').click();
    // The word stands beside the status until the trainer has paused.
    await expect.element(id('run-pending')).toHaveTextContent('pausing');
    await expect.element(id('pause-training')).toBeDisabled();
    await expect.element(id('run-status')).toHaveTextContent('paused');
    expect(id('run-pending').query()).toBeNull();
    await id('resume-training').click();
    await expect.element(id('run-status'), { timeout: 60_000 }).toHaveTextContent('done');
    await expect.element(id('backend-name')).toHaveTextContent('simd');
    await expect.element(id('baseline-verification')).toHaveTextContent('86.0 %');
    await expect.element(id('metric-verification')).toHaveTextContent('94.4 %');
    await expect
      .poll(() => document.querySelectorAll('[data-testid="chart-loss"] path.recharts-curve').length)
      .toBe(1);
    await expect
      .poll(() => document.querySelectorAll('[data-testid="chart-angles"] path.recharts-curve').length)
      .toBeGreaterThan(2);
    await goTo('export');
    await expect.element(id('operating-point-rates')).toHaveTextContent(/2\.10 %.*4\.30 %/);
    await id('operating-point').click();
    const few = page.getByRole('option', {
      name: /FAR 0\.1 %: needs 10,000 impostor pairs, there are 4,050/,
    });
    await expect.element(few).toHaveAttribute('data-combobox-disabled', 'true');
    await page.getByRole('option', { name: 'FAR 1 %' }).click();
    await expect.element(id('operating-point-rates')).toHaveTextContent(/0\.98 %.*7\.10 %/);
    await id('export-tfjs').click();
    // The fake trainer's file is named after what it was asked for.
    await expect
      .element(id('export-check'))
      .toHaveTextContent(/my-people-far-1e-2\.zip.*the file is correct/);
    await id('export-precision').click();
    await page.getByRole('option', { name: /^int8/ }).click();
    await expect
      .element(id('precision-cost'))
      .toHaveTextContent(/60 faces of held-out people: .*95\.30 % instead of 95\.70 %.*0\.9981/);
    await id('export-precision').click();
    await page.getByRole('option', { name: 'float32' }).click();
    await expect.element(id('precision-cost')).toHaveTextContent(/^$/);
    await expect.element(page.getByText('head.bin')).not.toBeInTheDocument();
    await id('export-with-head').click();
    await expect.element(page.getByText('head.bin')).toBeInTheDocument();
    await id('export-tfjs').click();
    await expect.element(id('export-check')).toHaveTextContent(/far-1e-2-with-head\.zip/);
    await goTo('train');

    await page.getByLabelText(/^Epochs/).fill('3');
    await id('start-training').click();
    await expect.element(id('run-status'), { timeout: 20_000 }).toHaveTextContent('done');
    const table = page.getByRole('table', { name: 'Runs side by side' });
    await expect.element(table.getByRole('row', { name: /Epochs/ })).toHaveTextContent('Epochs203');
  });

  it('recommends what fits the data, and another training mode when a run has shown that it may pay', async () => {
    open();
    await chooseFolder(people(NINE.slice(0, 6), 10));
    await expect.element(id('ingest-status')).toHaveTextContent('done');
    await goTo('train');
    await expect.element(id('suggestion')).toHaveTextContent('60 photos of 6 people');
    await id('take-suggestion').click();
    await expect.element(id('suggestion-set')).toBeInTheDocument();
    expect(settingsStore.getState().form).toMatchObject({ preset: 'quick', batchSize: 8 });
    await chooseFolder(people(NINE, 20).filter((path) => !/\/\d\.png$/.test(path)));
    await chooseFolder(people(['Ivo', 'Jan'], 50));
    await goTo('train');
    await expect.element(id('suggestion')).toHaveTextContent('people');
    await id('start-training').click();
    await expect.element(id('run-status'), { timeout: 20_000 }).toHaveTextContent('done');
    // The fake trainer's network has 86 % verification accuracy before training.
    await expect.element(id('suggestion')).toHaveTextContent(/Fine-tune.*only 86\.0 %/);
    await id('take-suggestion').click();
    await expect.element(id('preset-finetune')).toHaveAttribute('aria-pressed', 'true');
  });

  it('says at once that it stops, and keeps what there is', async () => {
    open({ pace: 60 });
    await chooseFolder(people(NINE, 6));
    await expect.element(id('ingest-status')).toHaveTextContent('done');
    await goTo('train');
    await id('start-training').click();
    await expect.element(id('run-status'), { timeout: 20_000 }).toHaveTextContent('running');
    await id('stop-training').click();
    await expect.element(id('run-pending')).toHaveTextContent('stopping');
    await expect.element(id('stop-training')).toBeDisabled();
    await expect.element(id('run-status')).toHaveTextContent('stopped');
    expect(id('run-pending').query()).toBeNull();
    await expect.element(id('export-tfjs')).toBeInTheDocument();
  });

  it('shows why a run failed and keeps the data', async () => {
    open({ fail: true });
    await chooseFolder(people(NINE, 4));
    await expect.element(id('ingest-status')).toHaveTextContent('done');
    await goTo('train');
    await id('start-training').click();
    await expect.element(id('run-status')).toHaveTextContent('failed');
    await expect.element(id('error-message')).toHaveTextContent(/smaller batch size/);
    await expect.element(id('identity-count')).toHaveTextContent('9');
  });
});
