import { afterEach, describe, expect, it, vi } from 'vitest';
import { page, userEvent } from 'vitest/browser';
import { dataStore } from '../../../src/state/data/data-store.ts';
import { photoStore } from '../../../src/state/use/photo-store.ts';
import { recogniserStore } from '../../../src/state/use/recogniser-store.ts';
import { chooseFolder, goTo, HOSTILE, id, open, people } from './fixture/open-page.ts';

const photo = (name: string, content = 'x'): File => new File([content], name, { type: 'image/png' });
const button = (name: string | RegExp) => page.getByRole('button', { name });

/** Gives files to a file input, as a person who has chosen them. */
async function choose(testId: string, ...files: readonly File[]): Promise<void> {
  await expect.element(id(testId)).toBeInTheDocument();
  const input = id(testId).element();
  if (!(input instanceof HTMLInputElement)) throw new Error('no file input');
  const given = new DataTransfer();
  for (const file of files) given.items.add(file);
  input.files = given.files;
  input.dispatchEvent(new Event('change', { bubbles: true }));
}

/** Opens the pretrained network and enrols people from one photo each. */
async function withPeople(...names: readonly string[]): Promise<void> {
  open();
  await goTo('use');
  await id('use-pretrained').click();
  await expect.element(id('use-model')).toHaveTextContent('The pretrained network');
  for (const name of names) await enrol(name, photo(`${name}.png`));
}

async function enrol(name: string, ...photos: readonly File[]): Promise<void> {
  await id('use-add-person').click();
  await id('use-name').fill(name);
  await choose('use-person-input', ...photos);
  await id('use-enrol').click();
  await expect.element(id('use-add-person')).toBeVisible();
}

/** Keeps what is downloaded instead of saving it. */
function catchDownloads(): { readonly name: string; readonly text: Promise<string> }[] {
  const caught: { readonly name: string; readonly text: Promise<string> }[] = [];
  vi.spyOn(HTMLAnchorElement.prototype, 'click').mockImplementation(function (this: HTMLAnchorElement) {
    caught.push({ name: this.download, text: fetch(this.href).then((answer) => answer.text()) });
  });
  return caught;
}

afterEach(() => vi.restoreAllMocks());

describe('the Use screen', () => {
  it('names the people in a photo, and says when somebody is unknown or there is no face', async () => {
    await withPeople('Ada', 'Bob');
    await choose('use-input', photo('Ada+Eve.png'));
    await expect.element(id('use-result')).toHaveTextContent(/^Ada, unknown$/);
    const lines = id('use-face-name');
    await expect.element(lines.nth(0)).toHaveTextContent('Ada');
    await expect
      .element(page.getByText('36.9° from this person; the next is Bob, 47.4° further'))
      .toBeVisible();
    await expect.element(page.getByText(/is the most similar, at 84.3°/)).toBeVisible();
    expect(document.querySelectorAll('.use-box[data-known="true"]').length).toBe(1);
    await choose('use-input', photo('none.png'));
    await expect.element(id('use-result')).toHaveTextContent('no face');
    await choose('use-input', photo('damaged.png'));
    await expect.element(id('use-photo-problem')).toHaveTextContent(/The photo is damaged. Open it/);
    await expect.element(id('use-result')).toHaveTextContent('not read');
  });

  it('takes the people of the Data screen without training where no model was chosen', async () => {
    open();
    await chooseFolder(people([HOSTILE, 'Ada'], 3));
    await expect.element(id('ingest-status')).toHaveTextContent('done');
    await goTo('use');
    await choose('use-input', photo('Ada.png'));
    await expect.element(id('use-result')).toHaveTextContent(/^Ada$/);
    expect(recogniserStore.getState().people.map(({ name, faces }) => [name, faces])).toEqual([
      [HOSTILE, 3],
      ['Ada', 3],
    ]);
    // Twice is not twice the faces.
    await id('use-enrol-data').click();
    await expect.element(id('use-busy')).not.toBeInTheDocument();
    expect(recogniserStore.getState().people.map(({ faces }) => faces)).toEqual([3, 3]);
  });

  it('shows hostile names as text', async () => {
    await withPeople(HOSTILE);
    await enrol('Ada', photo('Ada.png'));
    await choose('use-input', photo('Ada.png'));
    await button('This is … (face 1)').click();
    await page.getByPlaceholder('Name of the person').fill(HOSTILE);
    await userEvent.keyboard('{Escape}');
    await button('Add the face').click();
    await expect.element(id('use-people')).toHaveTextContent(HOSTILE);
    await expect.element(id('use-result')).not.toBeEmptyDOMElement();
    expect(document.querySelector('img[src="x"]')).toBeNull();
  });

  it('uses the model of the last run, with its people and its measured threshold', async () => {
    open();
    await chooseFolder(people(['Ada', 'Bob', 'Cy'], 4));
    await expect.element(id('ingest-status')).toHaveTextContent('done');
    await goTo('train');
    await page.getByLabelText(/^Epochs/).fill('1');
    await id('start-training').click();
    await expect.element(id('run-status')).toHaveTextContent('done');
    await goTo('use');
    await id('use-run').click();
    await expect.element(id('use-model')).toHaveTextContent('The model of Run 1');
    await expect.element(id('use-people')).toHaveTextContent(/Ada.*from the model.*Bob/);
    await expect
      .element(
        page.getByText(/trained with this program on 1 person; 1 more, held out to measure it, enrolled/),
      )
      .toBeVisible();
    await expect
      .element(id('use-rates'))
      .toHaveTextContent(/Equal error rate: false accept rate 2.10 %, false reject rate 4.30 %/);
  });

  it('opens a downloaded model; a damaged one leaves the open one', async () => {
    open();
    await goTo('use');
    await choose('use-model-input', photo('mine.zip'));
    await expect.element(id('use-model')).toHaveTextContent('mine.zip');
    await button('Change').click();
    await choose('use-model-input', photo('other.zip', 'broken'));
    await expect.element(id('error-message')).toHaveTextContent(/no model of this program/);
    await expect.element(id('use-model')).toHaveTextContent('mine.zip');
    await expect.element(id('use-people')).toHaveTextContent('Ada');
  });

  it('moves the threshold with the keyboard, and names follow', async () => {
    await withPeople('Ada');
    await choose('use-input', photo('Ada.png'));
    await expect.element(id('use-result')).toHaveTextContent(/^Ada$/);
    await expect.element(id('use-threshold')).toHaveTextContent('Cosine 0.300 = 72.5°');
    await expect.element(id('use-rates')).toHaveTextContent(/not measured on your photos/);
    page.getByRole('slider').element().focus();
    await userEvent.keyboard('{End}');
    await expect.element(id('use-threshold')).toHaveTextContent('Cosine 0.900 = 25.8°');
    await expect.element(id('use-result')).toHaveTextContent(/^unknown$/);
    await id('use-threshold-reset').click();
    await expect.element(id('use-result')).toHaveTextContent(/^Ada$/);
  });

  it('removes a person, brings the person back, and loses nothing to a damaged gallery', async () => {
    const downloads = catchDownloads();
    await withPeople('Ada', 'Bob');
    await choose('use-input', photo('Ada.png'));
    await expect.element(id('use-result')).toHaveTextContent(/^Ada$/);
    await button('Remove Ada').click();
    await expect.element(id('use-result')).toHaveTextContent(/^unknown$/);
    await id('use-undo').click();
    await expect.element(id('use-result')).toHaveTextContent(/^Ada$/);
    await id('use-save-gallery').click();
    await expect.poll(() => downloads.map(({ name }) => name)).toEqual(['gallery.json']);
    const saved = await downloads[0]?.text;
    await choose('use-gallery-input', photo('broken.json', 'nonsense'));
    await expect.element(id('error-message')).toHaveTextContent(/The gallery is damaged/);
    await expect.element(id('use-people')).toHaveTextContent(/Ada.*Bob/);
    await button('Remove Ada').click();
    await expect.element(id('use-people')).not.toHaveTextContent('Ada');
    await choose('use-gallery-input', photo('gallery.json', saved));
    await expect.element(id('use-people')).toHaveTextContent('Ada');
  });

  it('enrols from photos, and says in which of them there was no face', async () => {
    await withPeople();
    await enrol('Ada', photo('Ada1.png'), photo('none.png'), photo('Ada2.png'));
    await expect.element(id('use-people')).toHaveTextContent(/Ada.*2 faces/);
    await expect.element(id('error-message')).toHaveTextContent(/in 1 of 3 photos of Ada: none.png/);
    await button('Dismiss').click();
    await id('use-add-person').click();
    await id('use-enrol').click();
    await expect.element(page.getByText('Type the name of the person.')).toBeVisible();
  });

  it('learns who a face is, and gives the face to the person on the Data screen too', async () => {
    open();
    await chooseFolder(people(['Ada', 'Bob'], 3));
    await expect.element(id('ingest-status')).toHaveTextContent('done');
    await goTo('use');
    await id('use-data-people').click();
    await choose('use-input', photo('Ada+Stranger.png'));
    await expect.element(id('use-result')).toHaveTextContent(/^Ada, unknown$/);
    await button('This is … (face 2)').click();
    await page.getByPlaceholder('Name of the person').fill('Bob');
    await userEvent.keyboard('{Escape}');
    await button('Add the face').click();
    await expect.element(id('use-result')).toHaveTextContent(/^Ada, Bob$/);
    const bob = dataStore.getState().snapshot.people.find(({ name }) => name === 'Bob');
    expect(bob?.faces.map(({ path }) => path).at(-1)).toBe('Ada+Stranger.png');
    expect(bob?.faces.length).toBe(4);

    // It was not Bob after all: the face leaves both, and nothing else does.
    await expect.element(page.getByText('1 face was added to Bob, as a training photo too.')).toBeVisible();
    await id('use-undo').click();
    await expect.element(id('use-result')).toHaveTextContent(/^Ada, unknown$/);
    expect(recogniserStore.getState().people.map(({ faces }) => faces)).toEqual([3, 3]);
    expect(dataStore.getState().snapshot.people.map(({ faces }) => faces.length)).toEqual([3, 3]);
    await expect.element(id('use-undo')).not.toBeInTheDocument();
  });

  it('undoes additions and removals one after the other', async () => {
    await withPeople('Ada');
    await enrol('Ada', photo('Ada1.png'), photo('Ada2.png'));
    await expect.element(page.getByText('2 faces were added to Ada.')).toBeVisible();
    await button('Remove Ada').click();
    await expect.element(page.getByText('Ada was removed.')).toBeVisible();
    const counts = () => recogniserStore.getState().people.map(({ name, faces }) => [name, faces]);
    for (const expected of [[['Ada', 3]], [['Ada', 1]], []]) {
      await id('use-undo').click();
      await expect.poll(counts).toEqual(expected);
    }
    await expect.element(id('use-undo')).not.toBeInTheDocument();
  });

  it('names a folder in a table, as CSV, and as a .zip sorted by person', async () => {
    await withPeople('Ada', 'Bob');
    const downloads = catchDownloads();
    await choose('use-input', photo('Ada1.png'), photo('=Bob.png'), photo('Ada+Bob.png'), photo('.DS_Store'));
    await expect.element(id('use-result')).toHaveTextContent(/^Ada, unknown, Bob$/);
    expect(photoStore.getState().rows.length).toBe(3);
    await expect.element(id('use-table')).toHaveTextContent(/Ada\+Bob.png2Ada, Bob36.9°, 36.9°/);
    await button('Ada+Bob.png').click();
    await expect.element(id('use-face-name').nth(1)).toHaveTextContent('Bob');
    await id('use-csv').click();
    await expect.poll(() => downloads.length).toBe(1);
    const text = await downloads[0]?.text;
    expect(text).toContain("\r\n'=Bob.png,1,1,unknown,");
    expect(text).toContain('\r\nAda+Bob.png,2,2,Bob,36.87,0.8,Bob,');
    await id('use-zip').click();
    await expect.poll(() => downloads[1]?.name).toBe('photos-by-person.zip');
    const zip = await downloads[1]?.text;
    for (const name of ['Ada/Ada1.png', 'Ada/Ada+Bob.png', 'Bob/Ada+Bob.png', '_unknown/=Bob.png'])
      expect(zip).toContain(name);
  });

  it('compares two photos in one sentence', async () => {
    open();
    await goTo('use');
    await page.getByRole('tab', { name: 'Compare two' }).click();
    const result = id('use-compare-result');
    await choose('use-compare-first', photo('Ada1.png'));
    await expect.element(result).toHaveTextContent(/Choose two photos/);
    await choose('use-compare-second', photo('Ada2.png'));
    await expect
      .element(result)
      .toHaveTextContent('The same person: the angle is 36.9°, within the threshold of 72.5°.');
    await choose('use-compare-second', photo('Bob.png'));
    await expect.element(result).toHaveTextContent(/Different people: the angle is 84.3°/);
    await choose('use-compare-second', photo('none.png'));
    await expect.element(result).toHaveTextContent(/No face was found.*Choose another/);
  });

  it('names people before the camera, and turns the camera off when it is left', async () => {
    const canvas = document.createElement('canvas');
    canvas.getContext('2d');
    const streams: MediaStream[] = [];
    vi.spyOn(navigator.mediaDevices, 'getUserMedia').mockImplementation(async () => {
      const stream = canvas.captureStream(30);
      streams.push(stream);
      return stream;
    });
    const states = (): string[] =>
      streams.flatMap((stream) => stream.getTracks().map((track) => track.readyState));
    const drawing = setInterval(() => canvas.getContext('2d')?.fillRect(0, 0, 9, 9), 20);
    try {
      await withPeople('Ada');
      await page.getByRole('tab', { name: 'Webcam' }).click();
      await id('use-live').click();
      await expect.element(id('use-live-names')).toHaveTextContent(/^Ada\d+ frames\/s/);
      expect(states()).toEqual(['live']);
      await goTo('train');
      await expect.poll(states).toEqual(['ended']);
      await goTo('use');
      await expect.element(id('use-live')).toHaveTextContent('Start the camera');
      await id('use-live').click();
      await expect.poll(states).toEqual(['ended', 'live']);
      await id('use-live').click();
      await expect.poll(states).toEqual(['ended', 'ended']);
    } finally {
      clearInterval(drawing);
    }
  });
});
