/** Measures a run: training, pauses and evaluation separately. */
export class Stopwatch {
  private readonly start = performance.now();
  private readonly pausedMs: () => number;
  private readonly pausedBefore: number;
  /** Seconds. */
  private evaluating = 0;
  private readonly last = new Map<string, number>();

  /** @param pausedMs milliseconds of all pauses so far; there are none if not given */
  constructor(pausedMs: () => number = () => 0) {
    this.pausedMs = pausedMs;
    this.pausedBefore = pausedMs();
  }

  /** Seconds since the start, without pauses. */
  get elapsed(): number {
    return (performance.now() - this.start - this.pausedMs() + this.pausedBefore) / 1000;
  }

  /** Seconds since the start, without pauses and evaluation. */
  get training(): number {
    return this.elapsed - this.evaluating;
  }

  /** True once in every period; the first time a period after the start. */
  due(what: string, everyMs: number): boolean {
    const now = performance.now();
    if (now - (this.last.get(what) ?? this.start) < everyMs) return false;
    this.last.set(what, now);
    return true;
  }

  /** Counts the time of `work`, less its pauses, as evaluation instead of training. */
  async excludeEvaluation<T>(work: () => Promise<T>): Promise<T> {
    const begin = this.elapsed;
    try {
      return await work();
    } finally {
      this.evaluating += this.elapsed - begin;
    }
  }
}
