import { basename, extname, join } from 'node:path';
import type { HeadlessProgress } from '../src/protocol/headless.ts';
import type { Command } from './arguments.ts';
import { chooseModel, save, unwrap, withHeadlessPage } from './browser.ts';
import { modelZip } from './unpack.ts';

/** `headless -- export`: writes a downloaded model in another format. */
export async function runExport(
  command: Extract<Command, { kind: 'export' }>,
  onProgress: (progress: HeadlessProgress) => void,
) {
  const buffer = await modelZip(command.model);
  const modelName = basename(command.model, extname(command.model));
  return withHeadlessPage(false, onProgress, async (page) => {
    await chooseModel(page, buffer);
    const answer = await page.evaluate(
      (request) => {
        if (!window.arcfaceHeadless) throw new Error('headless.html is not ready');
        return window.arcfaceHeadless.export(request);
      },
      {
        format: command.format,
        precision: command.precision,
        modelName,
        withHead: command.withHead,
      },
    );
    const { name, url, maxDifference } = unwrap(answer);
    const file = join(command.out, name);
    await save(page, url, file);
    return { files: [file], maxDifference };
  });
}
