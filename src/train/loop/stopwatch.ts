/** Measures a run: training, pauses and evaluation separately. */
export class Stopwatch {
  private readonly start = performance.now();
  private paused = 0;
  private evaluating = 0;
  private readonly last = new Map<string, number>();

  /** Seconds since the start, without pauses. */
  get elapsed(): number {
    return (performance.now() - this.start - this.paused) / 1000;
  }

  /** Seconds since the start, without pauses and evaluation. */
  get training(): number {
    return this.elapsed - this.evaluating / 1000;
  }

  /** True once in every period; the first time a period after the start. */
  due(what: string, everyMs: number): boolean {
    const now = performance.now();
    if (now - (this.last.get(what) ?? this.start) < everyMs) return false;
    this.last.set(what, now);
    return true;
  }

  /** Counts the time of `work` as a pause or as evaluation instead of training. */
  async exclude(work: () => Promise<void>, kind: 'pause' | 'evaluation'): Promise<void> {
    const begin = performance.now();
    await work();
    const took = performance.now() - begin;
    if (kind === 'pause') this.paused += took;
    else this.evaluating += took;
  }
}
