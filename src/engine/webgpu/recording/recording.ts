import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { GpuBackend } from '../host/backend.ts';
import type { Command, Launch, Value } from './command.ts';
import { mergeSums } from './merge-sums.ts';
import { withoutCopies, withoutUnused } from './passes.ts';
import type { Pool } from './plan.ts';
import type { Traced } from './recorder.ts';

interface ReadyLaunch {
  readonly kind: 'launch';
  readonly pipeline: GPUComputePipeline;
  readonly group: GPUBindGroup;
  readonly workgroups: readonly [number, number, number];
}

interface ReadyCopy {
  readonly kind: 'copy';
  readonly from: GPUBufferBinding;
  readonly to: GPUBufferBinding;
  readonly bytes: number;
}

/** A step as a list of launches with all their memory: run again and again by handing the list to the device. */
export class Recording {
  private readonly backend: GpuBackend;
  private readonly traced: Traced;
  private readonly ready: readonly (ReadyLaunch | ReadyCopy)[];
  private readonly owned: readonly GPUBuffer[];

  private constructor(
    backend: GpuBackend,
    traced: Traced,
    ready: readonly (ReadyLaunch | ReadyCopy)[],
    owned: readonly GPUBuffer[],
  ) {
    this.backend = backend;
    this.traced = traced;
    this.ready = ready;
    this.owned = owned;
  }

  /** Plans the memory of a traced step and waits until its kernels are compiled. */
  static async of(
    backend: GpuBackend,
    traced: Traced,
    pool: Pool,
    onCompiled: (done: number, total: number) => void,
  ): Promise<Recording> {
    const shorter = withoutCopies(withoutUnused(traced.commands));
    const { commands, owned } = mergeSums(backend, shorter);
    pool.place(commands);
    const pending = new Set(
      commands.flatMap((command) =>
        command.kind === 'launch' && command.pipeline instanceof Promise ? [command.pipeline] : [],
      ),
    );
    let compiled = 0;
    for (const pipeline of pending) {
      void pipeline.then(
        () => onCompiled(++compiled, pending.size),
        () => {}, // told below
      );
    }
    const ready = await Promise.all(commands.map((command) => prepare(backend.device, command)));
    await backend.checkCompileCompletionAsync();
    return new Recording(backend, traced, ready, owned);
  }

  get launches(): number {
    return this.ready.filter(({ kind }) => kind === 'launch').length;
  }

  /** False once a variable of the step was given another tensor: the recording would go on with the old one. */
  get valid(): boolean {
    const { backend } = this;
    return this.traced.variables.every(({ variable, place }) => {
      if (variable.isDisposed || backend.refCount(variable.dataId) !== 1) return false;
      if (!backend.onDevice(variable)) return false;
      const { buffer, offset } = backend.binding(variable);
      return buffer === place.buffer && offset === place.offset;
    });
  }

  /** Runs the step once. @param fill writes what differs from replay to replay. @returns the step's result */
  replay(fill: (encoder: GPUCommandEncoder) => void, shape: readonly number[]): TensorInfo {
    const { backend, traced } = this;
    const result = backend.output(shape);
    backend.uploadToGPU(result.dataId);
    backend.submitWith((encoder) => {
      fill(encoder);
      for (const { buffer, make } of traced.slots) backend.queue.writeBuffer(buffer, 0, ownBytes(make()));
      this.encode(encoder);
      const from = placeOf(traced.result);
      const to = backend.binding(result);
      encoder.copyBufferToBuffer(from.buffer, from.offset ?? 0, to.buffer, 0, to.size ?? 0);
    });
    for (const data of traced.changed) data.values = null; // read back earlier, and no longer true
    return result;
  }

  private encode(encoder: GPUCommandEncoder): void {
    let pass: GPUComputePassEncoder | null = null;
    let current: GPUComputePipeline | null = null;
    for (const command of this.ready) {
      if (command.kind === 'copy') {
        pass?.end();
        pass = null;
        current = null;
        const { from, to, bytes } = command;
        encoder.copyBufferToBuffer(from.buffer, from.offset ?? 0, to.buffer, to.offset ?? 0, bytes);
        continue;
      }
      pass ??= encoder.beginComputePass();
      if (command.pipeline !== current) pass.setPipeline(command.pipeline);
      current = command.pipeline;
      pass.setBindGroup(0, command.group);
      pass.dispatchWorkgroups(...command.workgroups);
    }
    pass?.end();
  }

  dispose(): void {
    for (const buffer of [...this.traced.owned, ...this.owned]) buffer.destroy();
    for (const buffer of this.traced.held) this.backend.bufferManager.releaseBuffer(buffer);
  }
}

/** The numbers in memory that is not shared, as the queue asks for. */
export function ownBytes(
  numbers: Float32Array | Int32Array,
): Float32Array<ArrayBuffer> | Int32Array<ArrayBuffer> {
  return isOwn(numbers) ? numbers : numbers.slice();
}

const isOwn = (
  numbers: Float32Array | Int32Array,
): numbers is Float32Array<ArrayBuffer> | Int32Array<ArrayBuffer> => numbers.buffer instanceof ArrayBuffer;

function placeOf({ place }: Value): GPUBufferBinding {
  if (!place) throw new Error('Internal error: a value of the step has no place');
  return place;
}

async function prepare(device: GPUDevice, command: Command): Promise<ReadyLaunch | ReadyCopy> {
  if (command.kind === 'copy') {
    const [from, to] = command.uses;
    return { kind: 'copy', from: placeOf(from.value), to: placeOf(to.value), bytes: command.bytes };
  }
  const pipeline = await command.pipeline;
  return {
    kind: 'launch',
    pipeline,
    group: device.createBindGroup({
      layout: command.layout ?? pipeline.getBindGroupLayout(0),
      entries: resourcesOf(command).map((resource, binding) => ({ binding, resource })),
    }),
    workgroups: command.workgroups,
  };
}

const resourcesOf = ({ uses, uniform }: Launch): GPUBufferBinding[] => [
  ...uses.map(({ value }) => placeOf(value)),
  ...(uniform ? [{ buffer: uniform }] : []),
];
