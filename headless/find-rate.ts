import type { HeadlessProgress } from '../src/protocol/headless.ts';
import type { Command } from './arguments.ts';
import { choose, chooseModel, unwrap, withHeadlessPage } from './browser.ts';
import { writeJson } from './output.ts';
import { modelZip } from './unpack.ts';

/** `headless -- find-rate`: the suggested rate, and the curve in a file. */
export async function runFindRate(
  command: Extract<Command, { kind: 'find-rate' }>,
  onProgress: (progress: HeadlessProgress) => void,
) {
  const model = command.model === null ? null : await modelZip(command.model);
  return withHeadlessPage(command.softwareGpu, onProgress, async (page) => {
    await choose(page, command.data, '#data-folder', '#data-zip');
    const customModel = await chooseModel(page, model);
    const answer = await page.evaluate(
      (request) => {
        if (!window.arcfaceHeadless) throw new Error('headless.html is not ready');
        return window.arcfaceHeadless.findRate(request);
      },
      { config: command.config, customModel, personLevel: command.personLevel },
    );
    const found = unwrap(answer);
    const { points, suggestion, backend, seconds } = found;
    if (command.out !== null) await writeJson(command.out, { config: command.config, ...found }, 1);
    return { ...suggestion, steps: points.length, backend: backend.name, seconds };
  });
}
