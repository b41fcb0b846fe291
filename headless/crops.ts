import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { HeadlessProgress } from '../src/protocol/headless.ts';
import type { Command } from './arguments.ts';
import { choose, save, unwrap, withHeadlessPage } from './browser.ts';
import { unpackCrops } from './unpack.ts';

/** `headless -- crops`: the aligned faces in one folder per person, and how a run splits them. */
export async function runCrops(
  command: Extract<Command, { kind: 'crops' }>,
  onProgress: (progress: HeadlessProgress) => void,
) {
  return withHeadlessPage(false, onProgress, async (page) => {
    await choose(page, command.data, '#data-folder', '#data-zip');
    const answer = await page.evaluate(
      (request) => {
        if (!window.arcfaceHeadless) throw new Error('headless.html is not ready');
        return window.arcfaceHeadless.crops(request);
      },
      { config: command.config, personLevel: command.personLevel },
    );
    const { data, urls } = unwrap(answer);
    const files: string[] = [];
    const between = await mkdtemp(join(tmpdir(), 'arcface-crops-'));
    try {
      for (const url of urls) {
        const zip = join(between, 'crops.zip');
        await save(page, url, zip);
        files.push(...(await unpackCrops(zip, command.out)));
      }
    } finally {
      await rm(between, { recursive: true, force: true });
    }
    return { files, people: data.identities, photos: data.photos, faces: data.faces };
  });
}
