import type { DataId, TensorInfo } from '@tensorflow/tfjs-core';
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

/** What is told of a launch: tensors in place of values. */
export interface LaunchInfo extends Omit<Launch, 'kind' | 'uses'> {
  readonly bindings: readonly { readonly tensor: TensorInfo; readonly writes: boolean }[];
}

/** Writes launches down in place of the backend, which then does not carry them out. */
export interface LaunchRecorder {
  launch(info: LaunchInfo): void;
  copy(from: TensorInfo, to: TensorInfo): void;
  /** The storage of a tensor that is made now. */
  place(id: DataId): VirtualBuffer;
  /** A tensor whose numbers are made for every replay. */
  perStep(shape: readonly number[], make: () => Float32Array): TensorInfo;
  /** True where the storage of a tensor that is disposed of stays with the recording. */
  releases(id: DataId, resource: object | null | undefined): boolean;
}
