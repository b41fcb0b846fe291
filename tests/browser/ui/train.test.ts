import { describe, expect, it } from 'vitest';
import { page } from 'vitest/browser';
import { chooseFolder, goTo, id, NINE, open, people } from './fixture/open-page.ts';
import { closeSettings, openSettings } from './fixture/settings-drawer.ts';

async function withPeople(options: Parameters<typeof open>[0] = {}): Promise<void> {
  open(options);
  await chooseFolder(people(NINE, 6));
  await expect.element(id('ingest-status')).toHaveTextContent('done');
  await goTo('train');
}

async function train(): Promise<void> {
  await id('start-training').click();
  await expect.element(id('run-status'), { timeout: 20_000 }).toHaveTextContent(/done|stopped/);
}

const focused = (): string =>
  document.activeElement?.getAttribute('aria-label') ?? document.activeElement?.textContent ?? '';

describe('the Train screen', () => {
  it('shows no empty chart before a run, and how long each training mode takes', async () => {
    open();
    await expect.element(id('estimate-quick')).toHaveTextContent('Add photos');
    await chooseFolder(people(NINE, 6));
    await goTo('train');
    await expect.element(id('preset-quick')).toHaveTextContent('Recommended');
    await expect.element(id('estimate-quick')).toHaveTextContent(/about \d+ s/);
    await expect.element(id('estimate-finetune')).toHaveTextContent(/about \d+ (s|min)/);
    await expect.element(id('run-status')).toHaveTextContent('idle');
    for (const chart of ['loss', 'accuracy', 'angles']) expect(id(`chart-${chart}`).query()).toBeNull();
  });

  it('moves the focus to the controls of the run, says the verdict first and tells the whole wait', async () => {
    await withPeople({ pace: 10 });
    await id('start-training').click();
    await expect.poll(focused).toBe('Controls of the run');
    await expect.element(id('run-times')).toHaveTextContent(/Preparing.*Training.*Evaluation.*Total/);
    await expect.element(id('run-status'), { timeout: 20_000 }).toHaveTextContent('done');
    const sentence =
      'On 2 people it never saw, the model decides 94.4 % of the pairs correctly (86.0 % before training).';
    await expect.element(id('verdict')).toHaveTextContent(sentence);
    expect(focused().replace(/\s+/g, ' ')).toBe(sentence);
    await expect
      .element(id('run-took'))
      .toHaveTextContent(/from Start to result: preparing .*, training 7 s, evaluation 1 s\./);
    // What the run took is what the next one is expected to take.
    await expect.element(id('estimate-quick')).toHaveTextContent('by earlier runs on this device');
    const curves = (chart: string): number =>
      document.querySelectorAll(`[data-testid="chart-${chart}"] path.recharts-curve`).length;
    // The charts behind the switch are drawn by and by.
    await expect
      .poll(() => [curves('loss'), curves('accuracy'), curves('learning-rate')], { timeout: 5_000 })
      .toEqual([1, 3, 1]);
    await expect.element(page.getByRole('img', { name: /^Loss over the steps: from/ })).toBeVisible();
    await page.getByRole('radiogroup', { name: 'Chart shown' }).getByText('Accuracy').click();
    await expect
      .element(page.getByRole('img', { name: /^Accuracy: training 9/ }), { timeout: 5_000 })
      .toBeVisible();
  });

  it('replays the angles of a run that was too fast to be seen', async () => {
    await withPeople();
    await train();
    await expect.element(id('epoch-shown')).toHaveTextContent('Before training');
    await expect.element(id('epoch-shown')).toHaveTextContent('Epoch 3');
    await page.getByRole('button', { name: 'Pause the epochs' }).click();
    const held = id('epoch-shown').element().textContent;
    await new Promise((resolve) => setTimeout(resolve, 700));
    await expect.element(id('epoch-shown')).toHaveTextContent(held ?? '');
    await page.getByRole('button', { name: 'Play the epochs' }).click();
    await expect.element(id('epoch-shown'), { timeout: 5_000 }).toHaveTextContent('Epoch 10');
  });

  it('marks the results of data that are no longer loaded, also among the runs to compare', async () => {
    await withPeople();
    await train();
    expect(id('other-data').query()).toBeNull();
    await goTo('data');
    await page.getByRole('button', { name: 'Clear all' }).click();
    await chooseFolder(people(NINE, 6));
    await expect.element(id('ingest-faces')).toHaveTextContent('54');
    const mark = 'trained on data that are no longer loaded: 9 people, 54 photos, all.';
    await goTo('export');
    await expect.element(id('other-data').last()).toHaveTextContent(`${mark} The file holds the people`);
    await expect.element(id('other-data').last()).toBeVisible();
    await goTo('train');
    await expect.element(id('other-data').first()).toHaveTextContent(`${mark} The figures below`);
    await train();
    expect(id('other-data').query()).toBeNull();
    await expect.element(page.getByText('no longer loaded')).toBeVisible();
  });

  it('acknowledges a pause and a stop at once', async () => {
    const shown = new Set<string>();
    const watch = new MutationObserver(() => {
      for (const name of ['pause-training', 'stop-training'])
        shown.add(document.querySelector(`[data-testid="${name}"]`)?.textContent ?? '');
    });
    watch.observe(document.body, { subtree: true, childList: true, characterData: true });
    await withPeople({ pace: 20 });
    await page.getByLabelText(/^Epochs/).fill('200');
    await id('start-training').click();
    await expect.element(id('run-status'), { timeout: 10_000 }).toHaveTextContent('running');
    await id('pause-training').click();
    await expect.element(id('run-status')).toHaveTextContent('paused');
    await id('resume-training').click();
    await expect.element(id('pause-training')).toHaveTextContent('Pause');
    await id('stop-training').click();
    await expect.element(id('verdict')).toHaveTextContent(/the model decides/);
    await expect.element(id('run-status')).toHaveTextContent('stopped');
    watch.disconnect();
    expect([...shown]).toEqual(expect.arrayContaining(['Pausing …', 'Stopping …']));
  });

  it('finds settings by words, whatever group they are in', async () => {
    await withPeople();
    await openSettings();
    await id('search-settings').fill('weight decay');
    await expect.element(page.getByRole('textbox', { name: /^Weight decay/ })).toBeVisible();
    await id('search-settings').fill('passes photos');
    await expect.element(page.getByText('1 setting matches')).toBeVisible();
    await id('search-settings').fill('no such thing');
    await expect.element(page.getByText('No setting of this training mode matches.')).toBeVisible();
    await id('search-settings').fill('');
    await page.getByRole('combobox', { name: 'Backend' }).selectOptions('Plain JavaScript (CPU, slow)');
    await closeSettings();
    await expect.element(id('open-settings')).toHaveTextContent('1 changed');
    await expect.poll(focused).toContain('Settings');
  });
});
