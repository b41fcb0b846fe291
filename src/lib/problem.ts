/**
 * Something that went wrong and that a person can do something about: what happened, and what to do.
 * Plain data, so that it can be posted between page and worker.
 */
export interface Problem {
  readonly what: string;
  readonly remedy: string;
}

/** An error whose text is meant to be read by the person at the page. */
export class ProblemError extends Error {
  readonly problem: Problem;
  constructor(what: string, remedy: string) {
    super(`${what} ${remedy}`);
    this.name = 'ProblemError';
    this.problem = { what, remedy };
  }
}

/** A call that ended because the person cancelled it: no failure. */
export class CancelledError extends Error {
  constructor() {
    super('Cancelled.');
    this.name = 'CancelledError';
  }
}

/** Throws {@link CancelledError} once the signal has been given. */
export function throwIfAborted(signal: AbortSignal): void {
  if (signal.aborted) throw new CancelledError();
}

/** Any thrown value as a {@link Problem}; an unexpected one keeps its own words for a bug report. */
export function toProblem(thrown: unknown): Problem {
  if (thrown instanceof ProblemError) return thrown.problem;
  const detail = thrown instanceof Error ? thrown.message : String(thrown);
  return {
    what: `Something went wrong inside the program: ${detail}`,
    remedy: 'What was loaded is still here. Try again; if it happens again, reload the page.',
  };
}
