import { describe, expect, it, vi } from 'vitest';
import { page, userEvent } from 'vitest/browser';
import { chooseFolder, goTo, id, NINE, open, people } from './fixture/open-page.ts';

const focused = (): string => document.activeElement?.textContent ?? '';

/** Whether leaving the page would be asked about. */
function isGuarded(): boolean {
  const event = new Event('beforeunload', { cancelable: true });
  window.dispatchEvent(event);
  return event.defaultPrevented;
}

describe('the screens', () => {
  it('have addresses, titles, a heading that takes the focus, and lose nothing', async () => {
    open();
    await expect
      .element(page.getByRole('heading', { level: 1 }))
      .toHaveTextContent(/Train a face recogniser/);
    expect(document.title).toBe('Start – ArcFace Studio');
    await goTo('data');
    await expect.poll(focused).toBe('Data');
    expect(window.location.hash).toBe('#data');
    expect(document.title).toBe('Data – ArcFace Studio');
    await expect.element(id('nav-data')).toHaveAttribute('aria-current', 'page');
    expect(id('nav-start').element().hasAttribute('aria-current')).toBe(false);
    await chooseFolder(people(NINE, 4));
    await expect.element(id('ingest-status')).toHaveTextContent('done');
    await page.getByRole('textbox', { name: 'Find a person' }).fill('Ada');
    await id('next-train').click();
    await expect.poll(focused).toBe('Train');
    await expect.element(page.getByRole('textbox', { name: 'Find a person' })).not.toBeInTheDocument();
    window.history.back();
    await expect.poll(focused).toBe('Data');
    await expect.element(page.getByRole('textbox', { name: 'Find a person' })).toHaveValue('Ada');
  });

  it('show a run wherever one is, with a Stop, and draw no charts meanwhile', async () => {
    open({ pace: 30 });
    await chooseFolder(people(NINE, 6));
    await expect.element(id('ingest-status')).toHaveTextContent('done');
    await goTo('train');
    await page.getByLabelText(/^Epochs/).fill('500');
    await id('start-training').click();
    const line = (): string | null =>
      document.querySelector('[data-testid="chart-loss"] path.recharts-curve')?.getAttribute('d') ?? null;
    await expect.poll(line).not.toBeNull();
    await goTo('data');
    await expect.element(id('run-chip')).toHaveTextContent(/Training.*%/);
    const loss = id('metric-loss').element().textContent;
    await new Promise((resolve) => setTimeout(resolve, 600)); // what was under way is drawn
    const held = line();
    await expect.poll(() => id('metric-loss').element().textContent).not.toBe(loss);
    await new Promise((resolve) => setTimeout(resolve, 1200));
    expect(line()).toBe(held);
    await goTo('train');
    await expect.poll(line).not.toBe(held);
    await goTo('start');
    await id('run-chip-stop').click();
    await expect.element(id('run-status')).toHaveTextContent('stopped');
    await expect.element(id('run-chip')).not.toBeInTheDocument();
  });

  it('have the browser ask before people are left behind', async () => {
    open();
    await expect.element(id('load-sample')).toBeVisible();
    expect(isGuarded()).toBe(false);
    await chooseFolder(people(NINE, 4));
    await expect.element(id('ingest-status')).toHaveTextContent('done');
    expect(isGuarded()).toBe(true);
    await page.getByRole('button', { name: 'Clear all' }).click();
    await expect.poll(isGuarded).toBe(false);
  });

  it('keep the focus near where it was when what had it goes away', async () => {
    open();
    await chooseFolder(people(NINE, 4));
    await expect.element(id('ingest-status')).toHaveTextContent('done');
    await page.getByRole('checkbox', { name: 'Select Ada' }).click();
    page.getByRole('button', { name: 'Remove 1' }).element().focus();
    await userEvent.keyboard('{Enter}');
    await expect.poll(focused).toBe('Undo');
    page.getByRole('button', { name: 'Clear all' }).element().focus();
    await userEvent.keyboard('{Enter}');
    await vi.waitFor(() => expect(document.activeElement).not.toBe(document.body));
    expect(document.getElementById('screen-data')?.contains(document.activeElement)).toBe(true);
  });
});
