import { describe, expect, it } from 'vitest';
import { packCustomModel } from '../../../src/client/pack-custom-model.ts';
import type { SourceFile } from '../../../src/domain/faces.ts';
import { readArchive } from '../../../src/lib/archive.ts';
import { CancelledError } from '../../../src/lib/problem.ts';

const source = (path: string, content = path): SourceFile => ({
  path,
  file: new File([content], path.split('/').at(-1) ?? path),
});
const { signal } = new AbortController();

describe('the files of a network', () => {
  it('become one zip with their names and bytes; a zip stays as it is', async () => {
    const packed = await packCustomModel(
      [source('net/model.json'), source('net/a.bin'), source('net/.DS_Store')],
      signal,
    );
    const files = await readArchive(packed);
    expect([...files.keys()]).toEqual(['net/model.json', 'net/a.bin']);
    expect(new TextDecoder().decode(files.get('net/a.bin'))).toBe('net/a.bin');
    const zip: SourceFile = { path: 'net.zip', file: new File([packed], 'net.zip') };
    expect(await packCustomModel([zip], signal)).toBe(zip.file);
    await expect(packCustomModel([zip, source('model.json')], signal)).rejects.toThrow(/zip and other files/);
  });

  it.each<[string, readonly SourceFile[], RegExp]>([
    ['none', [], /no file/],
    ['the same twice', [source('a.bin'), source('a.bin')], /same name/],
    [
      'a folder of photos',
      Array.from({ length: 65 }, (_, i) => source(`${i}.jpg`)),
      /65 files .* at most 64 files/,
    ],
  ])('%s: told in words', async (_, sources, sentence) => {
    await expect(packCustomModel(sources, signal)).rejects.toThrow(sentence);
  });

  it('are not packed once that was cancelled', async () => {
    const abort = new AbortController();
    abort.abort();
    await expect(packCustomModel([source('a.json')], abort.signal)).rejects.toThrow(CancelledError);
  });
});
