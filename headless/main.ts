/** The same trainer from a terminal, in a headless browser, through the same workers. */
import { CancelledError, toProblem } from '../src/lib/problem.ts';
import { parseCommand } from './arguments.ts';
import { runEmbed } from './embed.ts';
import { createProgressBar } from './progress.ts';
import { runTrain } from './train.ts';

const bar = createProgressBar(process.stderr);
try {
  const command = parseCommand(process.argv.slice(2));
  const result =
    command.kind === 'train' ? await runTrain(command, bar.show) : await runEmbed(command, bar.show);
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
