import { describe, expect, it } from 'vitest';
import { packCustomModel } from '../../../src/client/pack-custom-model.ts';
import { modelFilesAmong } from '../../../src/domain/custom-model/files.ts';
import type { SourceFile } from '../../../src/domain/faces.ts';
import { readArchive } from '../../../src/lib/archive.ts';
import { CancelledError } from '../../../src/lib/problem.ts';

const source = (path: string, content = path): SourceFile => ({
  path,
  file: new File([content], path.split('/').at(-1) ?? path),
});
const model = (...paths: string[]): string =>
  JSON.stringify({ modelTopology: {}, weightsManifest: [{ paths, weights: [] }] });
const { signal } = new AbortController();

/** What is packed of files: content by name. */
async function packed(...sources: SourceFile[]): Promise<Record<string, string>> {
  const files = await readArchive((await packCustomModel(sources, signal)).file);
  return Object.fromEntries([...files].map(([name, data]) => [name, new TextDecoder().decode(data)]));
}

describe('the files of a network', () => {
  it('become one zip with the names that its description says; a zip stays as it is', async () => {
    const json = model('./a.bin', 'deep/b.bin');
    const files = [source('net/model.json', json), source('net/a.bin'), source('net/deep/b.bin')];
    expect(await packed(...files)).toEqual({
      'model.json': json,
      'a.bin': 'net/a.bin',
      'deep/b.bin': 'net/deep/b.bin',
    });
    const { file, path } = await packCustomModel(files, signal);
    expect(path).toBe('net/model.json');
    const zip: SourceFile = { path: 'net.zip', file: new File([file], 'net.zip') };
    expect((await packCustomModel([zip], signal)).file).toBe(zip.file);
  });

  it('are found in a folder of downloads, and nothing else of it is packed', async () => {
    const json = model('weights.bin');
    const others = Array.from({ length: 100 }, (_, i) => source(`downloads/photo ${i}.jpg`));
    const names = ['.DS_Store', 'cv.pdf', 'setup.bin', 'photos.zip', 'package.json', 'notes.json'];
    const given = [
      ...others,
      ...names.map((name) => source(`downloads/${name}`, name === 'package.json' ? '{"name": "x"}' : 'x')),
      source('downloads/model.json', json),
      source('downloads/weights.bin'),
      source('downloads/metadata.json', '{}'),
    ];
    expect(Object.keys(await packed(...given))).toEqual(['model.json', 'weights.bin', 'metadata.json']);
    const zip = source('downloads/net.zip', 'PK');
    expect((await packCustomModel([...others, zip], signal)).path).toBe('downloads/net.zip');
  });

  it.each<[string, string, string[], string[]]>([
    ['Chrome', 'model (1).json', ['weights (1).bin'], ['weights.bin']],
    ['Firefox', 'my-model(2).json', ['my-model.weights(2).bin'], ['my-model.weights.bin']],
    ['Safari', 'model-1.json', ['weights-1.bin'], ['weights.bin']],
    [
      'shards',
      'model.json',
      ['group1-shard1of2 (3).bin', 'group1-shard2of2.bin'],
      ['group1-shard1of2.bin', 'group1-shard2of2.bin'],
    ],
    ['no ending', 'model.json', ['group1-shard1of1 (1)'], ['group1-shard1of1']],
    ['the number of the description', 'model (2).json', ['w (2).bin', 'w (1).bin'], ['w.bin']],
    ['the very name first', 'model.json', ['w.bin', 'w (1).bin'], ['w.bin']],
  ])('are found where a browser saved them twice: %s', async (_, description, saved, named) => {
    const files = await packed(source(description, model(...named)), ...saved.map((name) => source(name)));
    expect(files).toEqual({
      'model.json': model(...named),
      ...Object.fromEntries(named.map((name, i) => [name, saved[i]])),
    });
  });

  it('may be many: 100 of weights', async () => {
    const names = Array.from({ length: 100 }, (_, i) => `group1-shard${i + 1}of100.bin`);
    const files = await packed(source('model.json', model(...names)), ...names.map((name) => source(name)));
    expect(Object.keys(files)).toHaveLength(101);
  });

  const zip = (name: string): SourceFile => source(name, 'PK');
  it.each<[string, readonly SourceFile[], RegExp]>([
    ['none', [], /no file/],
    ['photos', Array.from({ length: 65 }, (_, i) => source(`${i}.jpg`)), /no model\.json/],
    [
      'two models',
      [source('a/model.json', model()), source('b/model.json', model())],
      /2 models \(a\/model\.json, b/,
    ],
    ['two zips', [zip('a.zip'), zip('b.zip')], /2 \.zip files/],
    ['other JSON', [source('model.json', '{"a": 1}')], /describes no TensorFlow\.js Layers model/],
    ['broken JSON', [source('model.json', '{'), zip('b.zip')], /no valid JSON/],
    ['no weights', [source('model.json', model('w.bin')), source('v (1).bin')], /"w\.bin" is missing/],
    ['another of that name', [source('model.json', model('w.bin')), source('w (x).bin')], /is missing/],
    [
      'two that it may be',
      [source('model.json', model('w.bin')), source('w (1).bin'), source('w (2).bin')],
      /is missing/,
    ],
    [
      'a path out of the folder',
      [source('model.json', model('../w.bin')), source('w.bin')],
      /outside its folder/,
    ],
    ['a Keras file', [source('net.keras')], /Keras file/],
  ])('%s: told in words', async (_, sources, sentence) => {
    await expect(packCustomModel(sources, signal)).rejects.toThrow(sentence);
  });

  it('are not packed once that was cancelled', async () => {
    const abort = new AbortController();
    abort.abort();
    await expect(packCustomModel([source('a.json', model())], abort.signal)).rejects.toThrow(CancelledError);
  });
});

it('JSON that is too large is not read', async () => {
  const bytes = (): Promise<Uint8Array<ArrayBuffer>> => Promise.reject(new Error('was read'));
  const size = 2 ** 30;
  await expect(modelFilesAmong([{ path: 'model.json', size, bytes }])).rejects.toThrow(/too large/);
});
