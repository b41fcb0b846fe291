import type { Contender, KernelReport } from './case.ts';
import type { Measured } from './runner.ts';
import { relativeSpeed, type Summary, summarise } from './statistics.ts';

/** One line of `--json`. */
export interface Row {
  readonly backend: Contender;
  readonly backbone: string;
  readonly size: number;
  /** As measured, which may be less than asked for. */
  readonly batch: number;
  readonly forward: boolean;
  readonly imagesPerSecond: number | null;
  /** Median, third less first quartile, lowest, highest and number of steps. */
  readonly stepMs: Summary | null;
  /** Every step, round by round. */
  readonly rounds: readonly (readonly number[])[];
  /** How many times as fast as the first row, photo for photo, median over the rounds. */
  readonly timesFirst: number | null;
  readonly loss: number | null;
  readonly threads: number | null;
  readonly userAgent: string | null;
  readonly adapter: string | null;
  /** Why not, or why it broke off; null where all is well. */
  readonly notMeasured: string | null;
  /** Why the batch is smaller than asked for; null where it is not. */
  readonly smallerBatch: string | null;
  /** The largest share of the cores in use between two rounds, while nobody was asked to compute: 0 to 1. */
  readonly busyElsewhere: number;
  readonly kernels: KernelReport | null;
}

const KNOWN_SLOW = 'plain JavaScript or emulated graphics: slow';

/** @param asked photos a step */
export function toRows(results: readonly Measured[], asked: number): Row[] {
  const perPhoto = results.map(({ rounds, started, spec }) =>
    rounds.map((round) => round.map((ms) => ms / (started?.batch ?? spec.batch))),
  );
  return results.map(({ spec, started, rounds, loss, kernels, why, fewer, busy }, i) => {
    const steps = rounds.flat();
    const batch = started?.batch ?? spec.batch;
    const stepMs = steps.length > 0 ? summarise(steps) : null;
    return {
      backend: spec.contender,
      backbone: spec.backbone,
      size: spec.size,
      batch,
      forward: spec.forward,
      imagesPerSecond: stepMs && (batch * 1000) / stepMs.median,
      stepMs,
      rounds,
      timesFirst: relativeSpeed(perPhoto[i] ?? [], perPhoto[0] ?? []),
      loss,
      threads: started?.threads ?? null,
      userAgent: started?.userAgent ?? null,
      adapter: started?.adapter ?? null,
      notMeasured: why,
      smallerBatch: batch < asked ? (fewer ?? KNOWN_SLOW) : null,
      busyElsewhere: busy,
      kernels,
    };
  });
}
