/** The same trainer from a terminal, in a headless browser, through the same workers. */
import { CancelledError, toProblem } from '../src/lib/problem.ts';
import { unreachable } from '../src/lib/unreachable.ts';
import type { HeadlessProgress } from '../src/protocol/headless.ts';
import { type Command, parseCommand } from './arguments.ts';
import { runEmbed } from './embed.ts';
import { runFindRate } from './find-rate.ts';
import { createProgressBar } from './progress.ts';
import { runTrace, runTraceInit } from './trace.ts';
import { runTrain } from './train.ts';

function run(command: Command, onProgress: (progress: HeadlessProgress) => void): Promise<object> {
  switch (command.kind) {
    case 'train':
      return runTrain(command, onProgress);
    case 'embed':
      return runEmbed(command, onProgress);
    case 'find-rate':
      return runFindRate(command, onProgress);
    case 'trace-init':
      return runTraceInit(command, onProgress);
    case 'trace':
      return runTrace(command, onProgress);
    default:
      return unreachable(command);
  }
}

const bar = createProgressBar(process.stderr);
try {
  const command = parseCommand(process.argv.slice(2));
  const result = await run(command, bar.show);
  bar.end();
  console.log(JSON.stringify(result));
} catch (thrown) {
  bar.end();
  if (!(thrown instanceof CancelledError)) {
    const { what, remedy } = toProblem(thrown);
    process.stderr.write(`${what} ${remedy}\n`);
  }
  process.exitCode = 1;
}
