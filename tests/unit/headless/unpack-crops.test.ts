import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { unpackCrops } from '../../../headless/unpack.ts';
import { cropFolders } from '../../../src/dataset/crop-names.ts';
import { cropArchive } from '../../../src/dataset/crops.ts';
import { writeArchive } from '../../../src/lib/archive.ts';

const folder = mkdtempSync(join(tmpdir(), 'arcface-crops-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function written(archive: Blob): Promise<string> {
  const path = join(folder, 'crops.zip');
  writeFileSync(path, new Uint8Array(await archive.arrayBuffer()));
  return path;
}

it('unpacks the faces of people of any name, and the table', async () => {
  const names = cropFolders(['../x', 'Zoë', 'CON', '王', 'a b', '']);
  const crops = names.map((name, i) => ({
    file: `${name}/0001.png`,
    person: name,
    role: 'train' as const,
    image: new Blob([`${i}`]),
  }));
  const { signal } = new AbortController();
  const zip = await written(await cropArchive(crops, 'table', new Date(0), signal));
  const files = await unpackCrops(zip, join(folder, 'out'));
  expect(files).toEqual([...crops.map(({ file }) => file), 'split.csv'].map((f) => join(folder, 'out', f)));
  expect(readFileSync(join(folder, 'out', 'Zoë', '0001.png'), 'utf8')).toBe('1');
});

it.each([
  '../0001.png',
  'a/../0001.png',
  'a/b/0001.png',
  'a./0001.png',
  'other.csv',
  'a/0001.exe',
])('refuses %s', async (name) => {
  const zip = await written(await writeArchive([{ name, data: new Uint8Array(1) }], new Date(0)));
  await expect(unpackCrops(zip, join(folder, 'bad'))).rejects.toThrow();
  expect(existsSync(join(folder, '0001.png'))).toBe(false);
});
