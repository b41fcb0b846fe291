import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import type { SourceFile } from '../../../src/domain/faces.ts';
import { startIngest } from './run.ts';

/** Different pictures of one size, which are taken as they are. */
async function pictures(paths: readonly string[]): Promise<SourceFile[]> {
  const canvas = new OffscreenCanvas(16, 16);
  const context = canvas.getContext('2d');
  if (!context) throw new Error('no canvas');
  return Promise.all(
    paths.map(async (path, index) => {
      context.fillStyle = `rgb(${index} 0 0)`;
      context.fillRect(0, 0, 16, 16);
      return { path, file: new File([await canvas.convertToBlob()], path.split('/').at(-1) ?? path) };
    }),
  );
}

const text = (path: string, content: string): SourceFile => ({ path, file: new File([content], path) });

describe('who is on a photo', () => {
  const worker = startIngest();
  afterAll(() => worker.close());
  beforeEach(() => worker.call('reset', null));
  const labels = (faces: readonly { readonly label: string | null }[]) => faces.map(({ label }) => label);

  it('is the folder above those that divide the photos of a person, or the other one if chosen', async () => {
    const paths = ['001', '002'].flatMap((name) => [
      `cfp/${name}/frontal/1.jpg`,
      `cfp/${name}/profile/1.jpg`,
    ]);
    const sources = await pictures(paths);
    const { survey, faces } = await worker.run(sources, 'as-is');
    expect(survey.labelChoices.map(({ identities }) => identities)).toEqual([2, 4]);
    expect(labels(faces)).toEqual(['001', '001', '002', '002']);
    await worker.call('reset', null);
    const other = await worker.run(sources, 'as-is', 1);
    expect(labels(other.faces)).toEqual(['frontal (001)', 'profile (001)', 'frontal (002)', 'profile (002)']);
  });

  it('is whom a list names; photos that it does not name are skipped with the reason', async () => {
    const photos = await pictures(['1', '2', '3', '4', '5'].map((name) => `celeba/img/00000${name}.jpg`));
    const list = text(
      'celeba/Anno/identity_CelebA.txt',
      '000001.jpg 7\n000002.jpg 8\n000003.jpg 7\n000004.jpg 8\n?\n',
    );
    const { survey, faces, rejected, events } = await worker.run([...photos, list], 'as-is');
    expect(survey.labelChoices).toMatchObject([
      { source: { kind: 'list', list: list.path }, identities: 2, skipped: 1 },
      { source: { kind: 'folder', folder: 'img' }, identities: 1 },
    ]);
    expect(labels(faces)).toEqual(['7', '8', '7', '8']);
    expect(rejected.map(({ path, reason }) => [path, reason])).toEqual([
      [list.path, { kind: 'label-list' }],
      ['celeba/img/000005.jpg', { kind: 'unnamed', list: list.path }],
    ]);
    expect(events).toContainEqual({
      kind: 'note',
      text: expect.stringMatching(/1 line could not be used/),
    });
    // All photos are of one person when that is said.
    await worker.call('reset', null);
    const { selection } = await worker.call('survey', { sources: [...photos, list] });
    worker.events.length = 0;
    const args = { selection, alignment: 'as-is', unlabelledName: null, everythingIs: 'Ada' } as const;
    expect(await worker.call('ingest', args)).toMatchObject({ faces: 5, rejected: 1 });
  });

  it('is not looked up in a list that is too large, which is said', async () => {
    const photos = await pictures(['p/1.jpg', 'p/2.jpg']);
    const { survey, events } = await worker.run([...photos, text('p/people.csv', 'x'.repeat(33e6))], 'as-is');
    expect(survey.labelChoices).toMatchObject([{ source: { kind: 'folder', folder: 'p' } }]);
    expect(events).toContainEqual({
      kind: 'note',
      text: expect.stringMatching(/people.csv.*not looked into/),
    });
  });

  it('is in the file names of one folder', async () => {
    const { faces } = await worker.run(
      await pictures(['p/ada_1.jpg', 'p/ada_2.jpg', 'p/bo_1.jpg', 'p/bo_2.jpg']),
      'as-is',
    );
    expect(labels(faces)).toEqual(['ada', 'ada', 'bo', 'bo']);
  });
});
