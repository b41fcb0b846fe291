import { describe, expect, it } from 'vitest';
import { page } from 'vitest/browser';
import { settingsStore } from '../../../src/state/settings/settings-store.ts';
import { chooseFolder, id, NINE, open, people } from './fixture/open-page.ts';
import { closeSettings, openGroup, openSettings } from './fixture/settings-drawer.ts';

async function ready(options: Parameters<typeof open>[0]): Promise<void> {
  open(options);
  await chooseFolder(people(NINE, 4));
  await expect.element(id('ingest-status')).toHaveTextContent('done');
  await openSettings();
  await openGroup('Training');
}

const curves = (): number =>
  document.querySelectorAll('[data-testid="chart-rate-search"] path.recharts-curve').length;

describe('the search for a learning rate', () => {
  it('shows its curve, writes the rate into the field, and says when it is out of date', async () => {
    await ready({ pace: 20 });
    await id('find-rate').click();
    await expect.element(id('start-training')).toBeDisabled();
    await expect
      .element(page.getByText('A learning rate is being searched for.', { exact: false }).first())
      .toBeVisible();
    await expect.element(page.getByRole('textbox', { name: /^Learning rate$/ })).toBeDisabled();
    await expect.element(id('rate-suggestion'), { timeout: 10_000 }).toHaveTextContent('Suggested: 0.002');
    await expect.poll(curves).toBe(2);
    await expect.element(id('start-training')).toBeEnabled();
    await id('use-rate').click();
    await expect.element(page.getByRole('textbox', { name: /^Learning rate$/ })).toHaveValue('0.002');
    await expect.element(id('use-rate')).toBeVisible();

    await page.getByRole('textbox', { name: /^Batch size/ }).fill('32');
    await expect.element(id('rate-suggestion')).toHaveTextContent('have changed since');
    expect(id('use-rate').query()).toBeNull();
    await page.getByRole('button', { name: 'Close', exact: true }).click();
    expect(id('rate-suggestion').query()).toBeNull();
    await expect.element(page.getByRole('textbox', { name: /^Learning rate$/ })).toHaveValue('0.002');
  });

  it('can be cancelled, and not started during a run', async () => {
    await ready({ pace: 60 });
    const { form } = settingsStore.getState();
    await id('find-rate').click();
    await id('cancel-rate').click();
    await expect.element(id('rate-finder')).toHaveAttribute('data-status', 'none');
    expect(settingsStore.getState().form).toBe(form);
    await closeSettings();
    await page.getByLabelText(/^Epochs/).fill('100');
    await id('start-training').click();
    await openSettings();
    await openGroup('Training');
    await expect.element(id('find-rate')).toBeDisabled();
    await closeSettings();
    await id('stop-training').click();
    await expect.element(id('run-status'), { timeout: 10_000 }).toHaveTextContent('stopped');
    await openSettings();
    await openGroup('Training');
    await expect.element(id('find-rate')).toBeEnabled();
  });

  it('says why it failed', async () => {
    await ready({ fail: true });
    await id('find-rate').click();
    await expect.element(id('rate-finder')).toHaveTextContent(/ran out of memory.*smaller batch/);
    await expect.element(id('find-rate')).toBeEnabled();
    await expect.element(id('identity-count')).toHaveTextContent('9');
  });
});
