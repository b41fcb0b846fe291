import { busyShare } from './busy.ts';
import type { Case, KernelReport, RoundResult, Started } from './case.ts';

/** One contender, ready to compute in a place of its own. Its promises reject with what the row is to say. */
export interface Runner {
  readonly started: Started;
  /** @param limitMs no further step is begun after this time */
  round(steps: number, limitMs: number): Promise<RoundResult>;
  kernels(): Promise<KernelReport>;
  /** Ends it, also in the middle of a step. */
  stop(): Promise<void>;
}

/** @param signal ends it while it is still starting */
export type StartRunner = (spec: Case, signal: AbortSignal) => Promise<Runner>;

/** How long things may take. */
export interface Limits {
  /** Until a contender is ready. */
  readonly startMs: number;
  /** For its first step, compilation included. */
  readonly firstStepMs: number;
  /** After this no further step of a round is begun. */
  readonly roundMs: number;
}

export const LIMITS: Limits = { startMs: 120_000, firstStepMs: 90_000, roundMs: 20_000 };

/** A step that takes longer than this is warmed up by one. */
const LONG_STEP_MS = 5_000;
const WARM_UP_STEPS = 2;

export interface Measured {
  readonly spec: Case;
  readonly started: Started | null;
  /** Milliseconds of every step that counts, round by round; null where it did not run in that round. */
  readonly rounds: readonly (readonly number[])[];
  readonly loss: number | null;
  readonly kernels: KernelReport | null;
  /** Why there is nothing, or no milliseconds by kernel; null where all is well. */
  readonly why: string | null;
  /** The largest share of the cores in use between two rounds: see busy.ts. */
  readonly busy: number;
  /** Why there are fewer photos in its batch than were asked for, where that was found out by trying. */
  readonly fewer: string | null;
}

interface Entry {
  readonly spec: Case;
  runner: Runner | null;
  readonly rounds: (readonly number[])[];
  started: Started | null;
  loss: number | null;
  kernels: KernelReport | null;
  why: string | null;
  fewer: string | null;
}

/**
 * Measures all contenders in turn: every round is one piece of steps of each, so that a machine that slows down slows
 * all of them. Nothing else computes meanwhile. What fails or takes too long is left out with its reason, the others go
 * on.
 *
 * @param smaller batches to try where the whole one takes too long or too much memory, the largest first
 */
export async function measure(
  specs: readonly Case[],
  start: StartRunner,
  {
    steps,
    rounds,
    smaller,
  }: { readonly steps: number; readonly rounds: number; readonly smaller: readonly number[] },
  note: (text: string) => void,
  limits: Limits = LIMITS,
): Promise<Measured[]> {
  const entries: Entry[] = specs.map((spec) => ({
    spec,
    runner: null,
    rounds: [],
    started: null,
    loss: null,
    kernels: null,
    why: null,
    fewer: null,
  }));
  let busy = 0;
  try {
    for (const entry of entries) await warmUp(entry, start, smaller, note, limits);
    for (let round = 0; round < rounds; round++) {
      busy = Math.max(busy, await busyShare());
      for (const entry of entries) {
        const { runner, spec } = entry;
        if (!runner) continue;
        note(`${spec.contender}: round ${round + 1} of ${rounds}`);
        await attempt(entry, async () => {
          const most = limits.roundMs + limits.firstStepMs;
          const result = await within(most, runner.round(steps, limits.roundMs), 'a round');
          entry.rounds.push(result.stepMs);
          entry.loss = result.loss;
        });
      }
    }
    for (const entry of entries) {
      const { runner, spec } = entry;
      if (!runner || !spec.kernels) continue;
      await attempt(entry, async () => {
        entry.kernels = await within(limits.startMs, runner.kernels(), 'the kernels');
      });
    }
  } finally {
    for (const { runner } of entries) await runner?.stop();
  }
  return entries.map((entry) => ({ ...entry, busy }));
}

class TooLong extends Error {}

/** Makes a contender ready and lets it take its first steps; with fewer photos where it cannot take so many. */
async function warmUp(
  entry: Entry,
  start: StartRunner,
  smaller: readonly number[],
  note: (text: string) => void,
  limits: Limits,
): Promise<void> {
  const whole = entry.spec.batch;
  let failed = '';
  for (const batch of [whole, ...smaller.filter((size) => size < whole)]) {
    const spec = { ...entry.spec, batch };
    const abort = new AbortController();
    entry.why = null;
    entry.started = null;
    note(`${spec.contender}: starting`);
    await attempt(entry, async () => {
      entry.runner = await within(limits.startMs, start(spec, abort.signal), 'starting');
      entry.started = entry.runner.started;
      note(`${spec.contender}: warming up, ${entry.started.batch} photos a step`);
      const what = `a step of ${entry.started.batch} photos`;
      const before = Date.now();
      await within(limits.firstStepMs, entry.runner.round(1, 0), what);
      if (Date.now() - before > LONG_STEP_MS) return;
      await within(limits.firstStepMs, entry.runner.round(WARM_UP_STEPS, LONG_STEP_MS), what);
    });
    entry.fewer = failed === '' ? null : failed;
    if (entry.runner) return;
    abort.abort();
    // Fewer photos make nothing start that did not start.
    if (!entry.started) return;
    failed = entry.why ?? '';
  }
}

/** A contender that fails is ended, and its row says why. */
async function attempt(entry: Entry, work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (thrown) {
    const words = thrown instanceof Error ? thrown.message : String(thrown);
    entry.why = oneLine(words);
    await entry.runner?.stop();
    entry.runner = null;
  }
}

const oneLine = (text: string): string => text.replace(/\s+/g, ' ').trim().slice(0, 300);

function within<T>(ms: number, work: Promise<T>, what: string): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(
      () => reject(new TooLong(`${what} took longer than ${Math.round(ms / 1000)} s`)),
      ms,
    );
    work.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}
