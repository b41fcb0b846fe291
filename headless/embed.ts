import type { HeadlessProgress } from '../src/protocol/headless.ts';
import type { Command } from './arguments.ts';
import { choose, chooseModel, unwrap, withHeadlessPage } from './browser.ts';
import { writeJson } from './output.ts';
import { modelZip } from './unpack.ts';

/** `headless -- embed`: writes one embedding a photo, in the order of its sorted paths. */
export async function runEmbed(
  command: Extract<Command, { kind: 'embed' }>,
  onProgress: (progress: HeadlessProgress) => void,
) {
  const buffer = await modelZip(command.model);
  return withHeadlessPage(command.softwareGpu, onProgress, async (page) => {
    await choose(page, command.data, '#data-folder', '#data-zip');
    await chooseModel(page, buffer);
    const answer = await page.evaluate((backend) => {
      if (!window.arcfaceHeadless) throw new Error('headless.html is not ready');
      return window.arcfaceHeadless.embed(backend);
    }, command.backend);
    const { photos, backend, threshold } = unwrap(answer);
    await writeJson(command.out, photos);
    return {
      photos: photos.length,
      embedded: photos.filter((photo) => photo.embedding !== null).length,
      backend,
      threshold,
      files: [command.out],
    };
  });
}
