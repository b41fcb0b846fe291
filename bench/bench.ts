/** Speed of a training step against peers, and where its time goes: see arguments.ts for what can be asked. */
import { inspect } from 'node:util';
import { ProblemError } from '../src/lib/problem.ts';
import { type Command, parseCommand } from './arguments.ts';
import { openBenchPage } from './browser-runner.ts';
import { budget, showBudget } from './budget.ts';
import { type Case, SLOW_BATCH } from './case.ts';
import { toRows } from './row.ts';
import { LIMITS, measure } from './runner.ts';
import { showKernels, showRows } from './table.ts';
import { startTorch } from './torch-runner.ts';

/** For whom the whole batch is too much. */
const SMALLER = [16, 8, SLOW_BATCH];

/** For the first step of a batch that must be whole: minutes on a software adapter. */
const PATIENT_MS = 600_000;

const note = (text: string): void => void process.stderr.write(`${text}\n`);

try {
  const command = parseCommand(process.argv.slice(2));
  if (command.task === 'time') await time(command);
  else {
    const rows = await budget(command, command.task === 'dry-budget', note);
    if (command.json) for (const row of rows) console.log(JSON.stringify(row));
    else console.log(showBudget(rows));
  }
} catch (thrown) {
  process.stderr.write(`${thrown instanceof ProblemError ? thrown.message : inspect(thrown)}\n`);
  process.exitCode = 1;
}

/** Times a training step against peers. */
async function time(command: Command): Promise<void> {
  const { work, backends, peers, kernels, softwareGpu, browserFlags } = command;
  const specs: Case[] = [
    ...backends.map((contender) => ({ ...work, contender, kernels, count: null })),
    ...peers.map((contender) => ({ ...work, contender, kernels: false, count: null })),
  ];
  note('building the page');
  const page = await openBenchPage(softwareGpu, browserFlags);
  try {
    const results = await measure(
      specs,
      (spec, signal) =>
        spec.contender.startsWith('pytorch') ? startTorch(spec, signal) : page.start(spec, signal),
      { ...command, smaller: work.wholeBatch ? [] : SMALLER },
      note,
      work.wholeBatch ? { ...LIMITS, firstStepMs: PATIENT_MS } : LIMITS,
    );
    const rows = toRows(results, work.batch);
    if (command.json) for (const row of rows) console.log(JSON.stringify(row));
    else {
      console.log(`\n${showRows(rows, work)}`);
      for (const row of rows) {
        if (row.kernels) console.log(`\n${showKernels(row.backend, row.batch, row.kernels, work)}`);
      }
    }
    if (rows.every((row) => row.stepMs === null)) process.exitCode = 1;
  } finally {
    await page.close();
  }
}
