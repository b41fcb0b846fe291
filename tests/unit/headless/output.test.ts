import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { removeUnfinished, writeJson, writeWhole } from '../../../headless/output.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'arcface-output-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

it('makes the folders above a file', async () => {
  const path = join(folder, 'new', 'below', 'file.json');
  await writeJson(path, { a: 1 });
  expect(readFileSync(path, 'utf8')).toBe('{"a":1}\n');
});

it('keeps the file of before, and no half of the new one, where writing fails or the program is ended', async () => {
  const path = join(folder, 'file');
  writeFileSync(path, 'before');
  const failing = writeWhole(path, async (part) => {
    await writeFile(part, 'half');
    throw new Error('stopped');
  });
  await expect(failing).rejects.toThrow('stopped');
  expect(readdirSync(folder)).toEqual(['file']);

  let written = (): void => {};
  const half = new Promise<void>((resolve) => {
    written = resolve;
  });
  void writeWhole(path, async (part) => {
    await writeFile(part, 'half');
    written();
    await new Promise(() => {}); // never done
  });
  await half;
  removeUnfinished();
  expect(readdirSync(folder)).toEqual(['file']);
  expect(readFileSync(path, 'utf8')).toBe('before');
});

it('says in a sentence what cannot be written', async () => {
  writeFileSync(join(folder, 'file'), '');
  await expect(writeJson(join(folder, 'file', 'below'), 1)).rejects.toThrow(
    /--out: .* cannot be written: a file stands/,
  );
  mkdirSync(join(folder, 'busy.part'));
  await expect(writeJson(join(folder, 'busy'), 1)).rejects.toThrow(/cannot be written: it is a folder/);
});
