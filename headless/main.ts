/** The same trainer from a terminal, in a headless browser, through the same workers. */
import { constants } from 'node:os';
import { EXPORT_FORMAT_IDS } from '../src/domain/export/export-format.ts';
import { ProblemError } from '../src/lib/problem.ts';
import { unreachable } from '../src/lib/unreachable.ts';
import type { HeadlessProgress } from '../src/protocol/headless.ts';
import { type Command, parseCommand } from './arguments.ts';
import { runCrops } from './crops.ts';
import { runEmbed } from './embed.ts';
import { runExport } from './export.ts';
import { runFindRate } from './find-rate.ts';
import { removeUnfinished } from './output.ts';
import { createProgressBar } from './progress.ts';
import { runRecognise } from './recognise.ts';
import { runTrace, runTraceInit } from './trace.ts';
import { runTrain } from './train.ts';

/** Where the command line is wrong, as in other programs. */
const WRONG_USE = 2;

function run(command: Command, onProgress: (progress: HeadlessProgress) => void): Promise<object> {
  switch (command.kind) {
    case 'train':
      return runTrain(command, onProgress);
    case 'embed':
      return runEmbed(command, onProgress);
    case 'recognise':
      return runRecognise(command, onProgress);
    case 'export':
      return runExport(command, onProgress);
    case 'find-rate':
      return runFindRate(command, onProgress);
    case 'crops':
      return runCrops(command, onProgress);
    case 'trace-init':
      return runTraceInit(command, onProgress);
    case 'trace':
      return runTrace(command, onProgress);
    default:
      return unreachable(command);
  }
}

const bar = createProgressBar(process.stderr);
/** Ends the process, and with it the browser: Playwright sees to that. */
function interrupt(signal: 'SIGINT' | 'SIGTERM'): void {
  bar.end();
  removeUnfinished();
  process.exit(128 + constants.signals[signal]);
}
process.on('SIGINT', interrupt);
process.on('SIGTERM', interrupt);
// npm hands SIGTERM on to the shell between it and this process, not further: then this process gets another parent.
if (process.env['npm_lifecycle_event'] !== undefined) {
  const parent = process.ppid;
  setInterval(() => process.ppid !== parent && interrupt('SIGTERM'), 500).unref();
}

/** A sentence, whatever was thrown; what nobody foresaw keeps its own words for a bug report. */
function fail(thrown: unknown, exitCode: number): void {
  bar.end();
  const detail = thrown instanceof Error ? thrown.message : String(thrown);
  const { what, remedy } =
    thrown instanceof ProblemError
      ? thrown.problem
      : {
          what: `Something went wrong inside the program: ${detail}`,
          remedy: 'Try again; with ARCFACE_DEBUG=1 in the environment the browser tells more.',
        };
  process.stderr.write(`${`${what} ${remedy}`.trim()}\n`);
  process.exitCode = exitCode;
}

function commandLine(): ReturnType<typeof parseCommand> | null {
  const argv = process.argv.slice(2);
  try {
    return parseCommand(argv, EXPORT_FORMAT_IDS);
  } catch (thrown) {
    fail(thrown, thrown instanceof ProblemError ? WRONG_USE : 1);
    return null;
  }
}

const command = commandLine();
if (command?.kind === 'help') {
  process.stdout.write(command.text);
} else if (command) {
  try {
    const result = await run(command, bar.show);
    bar.end();
    console.log(JSON.stringify(result));
  } catch (thrown) {
    fail(thrown, 1);
  }
}
