/** Seconds of a run, told apart. */
export class Stopwatch {
  private readonly start = performance.now();
  private paused = 0;
  private measuring = 0;
  private readonly last = new Map<string, number>();

  /** Seconds so far without pauses. */
  get elapsed(): number {
    return (performance.now() - this.start - this.paused) / 1000;
  }

  /** Seconds so far without pauses and measuring. */
  get training(): number {
    return this.elapsed - this.measuring / 1000;
  }

  /** True once in every period; the first time a period after the start. */
  due(what: string, everyMs: number): boolean {
    const now = performance.now();
    if (now - (this.last.get(what) ?? this.start) < everyMs) return false;
    this.last.set(what, now);
    return true;
  }

  async exclude(work: () => Promise<void>, kind: 'pause' | 'measure'): Promise<void> {
    const begin = performance.now();
    await work();
    const took = performance.now() - begin;
    if (kind === 'pause') this.paused += took;
    else this.measuring += took;
  }
}
