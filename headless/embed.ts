import { writeFile } from 'node:fs/promises';
import { ProblemError } from '../src/lib/problem.ts';
import type { HeadlessProgress } from '../src/protocol/headless.ts';
import type { Command } from './arguments.ts';
import { choose, withHeadlessPage } from './browser.ts';
import { modelZip } from './unpack.ts';

/** `headless -- embed`: writes one embedding a photo, in the order of its sorted paths. */
export async function runEmbed(
  command: Extract<Command, { kind: 'embed' }>,
  onProgress: (progress: HeadlessProgress) => void,
) {
  const buffer = await modelZip(command.model);
  return withHeadlessPage(command.softwareGpu, onProgress, async (page) => {
    await choose(page, command.data, '#data-folder', '#data-zip');
    await page.locator('#model').setInputFiles({ name: 'model.zip', mimeType: 'application/zip', buffer });
    const answer = await page.evaluate((backend) => {
      if (!window.arcfaceHeadless) throw new Error('headless.html is not ready');
      return window.arcfaceHeadless.embed(backend);
    }, command.backend);
    if (!answer.ok) throw new ProblemError(answer.problem.what, answer.problem.remedy);
    const { photos, backend, threshold } = answer.value;
    await writeFile(command.out, `${JSON.stringify(photos)}\n`);
    return {
      photos: photos.length,
      embedded: photos.filter((photo) => photo.embedding !== null).length,
      backend,
      threshold,
      files: [command.out],
    };
  });
}
