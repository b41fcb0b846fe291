import { writeFile } from 'node:fs/promises';
import { ProblemError } from '../src/lib/problem.ts';
import type { HeadlessProgress } from '../src/protocol/headless.ts';
import type { Command } from './arguments.ts';
import { choose, chooseModel, withHeadlessPage } from './browser.ts';

/** `headless -- find-rate`: the suggested rate, and the curve in a file. */
export function runFindRate(
  command: Extract<Command, { kind: 'find-rate' }>,
  onProgress: (progress: HeadlessProgress) => void,
) {
  return withHeadlessPage(command.softwareGpu, onProgress, async (page) => {
    await choose(page, command.data, '#data-folder', '#data-zip');
    const customModel = await chooseModel(page, command.model);
    const answer = await page.evaluate(
      (request) => {
        if (!window.arcfaceHeadless) throw new Error('headless.html is not ready');
        return window.arcfaceHeadless.findRate(request);
      },
      { config: command.config, customModel, personLevel: command.personLevel },
    );
    if (!answer.ok) throw new ProblemError(answer.problem.what, answer.problem.remedy);
    const { points, suggestion, backend, seconds } = answer.value;
    if (command.out !== null) {
      await writeFile(
        command.out,
        `${JSON.stringify({ config: command.config, ...answer.value }, null, 1)}\n`,
      );
    }
    return { ...suggestion, steps: points.length, backend: backend.name, seconds };
  });
}
