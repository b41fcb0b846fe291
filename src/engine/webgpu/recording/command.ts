import type { Program } from '../host/program.ts';

/** Stands for the storage of a tensor while launches are written down and nothing is computed. */
export class VirtualBuffer {
  readonly value: Value;

  constructor(value: Value) {
    this.value = value;
  }
}

/** What a launch reads or writes: a piece of memory, which may not have its place yet. */
export interface Value {
  readonly bytes: number;
  /** Where it lies; null for one that lives within the step only and is placed by plan.ts. */
  place: GPUBufferBinding | null;
}

export interface Use {
  value: Value;
  readonly writes: boolean;
}

/** One launch of a kernel. */
export interface Launch {
  readonly kind: 'launch';
  readonly name: string;
  /** Null for a published kernel. */
  readonly program: Program | null;
  readonly pipeline: GPUComputePipeline | Promise<GPUComputePipeline>;
  /** Null where the pipeline made its own. */
  readonly layout: GPUBindGroupLayout | null;
  /** In the order of the bindings. */
  readonly uses: readonly Use[];
  readonly uniform: GPUBuffer | null;
  readonly workgroups: readonly [number, number, number];
}

/** Bytes copied from one place to another. */
export interface Copy {
  readonly kind: 'copy';
  readonly uses: readonly [from: Use, to: Use];
  readonly bytes: number;
}

export type Command = Launch | Copy;

/** True where two places share bytes. */
export function overlap(a: GPUBufferBinding, b: GPUBufferBinding): boolean {
  if (a.buffer !== b.buffer) return false;
  const [from, other] = [a.offset ?? 0, b.offset ?? 0];
  return from < other + (b.size ?? 0) && other < from + (a.size ?? 0);
}
