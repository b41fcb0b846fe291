import type { DataId, TensorInfo } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { bytesOf, type GpuBackend } from '../host/backend.ts';
import type { TensorData } from '../host/open-backend.ts';
import {
  type Command,
  type Copy,
  type LaunchInfo,
  type LaunchRecorder,
  type Use,
  type Value,
  VirtualBuffer,
} from './command.ts';

/** Storage of tensors as the published backend makes it. */
export const STORAGE = GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_SRC | GPUBufferUsage.COPY_DST;

/** Numbers that are written for every replay. */
export interface Slot {
  readonly buffer: GPUBuffer;
  readonly make: () => Float32Array | Int32Array;
}

/** What was written down of one step. */
export interface Traced {
  readonly commands: Command[];
  readonly slots: readonly Slot[];
  /** The tensor that the step returned. */
  readonly result: Value;
  /** Buffers that belong to the recording. */
  readonly owned: GPUBuffer[];
  /** Buffers of constants and uniforms, to be handed back to the backend's pool. */
  readonly held: GPUBuffer[];
  /** Tensors that the step changes in place. */
  readonly changed: ReadonlySet<TensorData>;
  /** Where the variables of the step lie: a recording is of use as long as they lie there. */
  readonly variables: readonly Placed[];
}

interface Placed {
  readonly variable: tf.Variable;
  readonly place: GPUBufferBinding;
}

/**
 * Writes down what a step launches instead of launching it. Tensors that the step makes are given no memory: plan.ts does
 * that afterwards, when it is known how long each lives.
 */
export class Recorder implements LaunchRecorder {
  private readonly backend: GpuBackend;
  private readonly commands: Command[] = [];
  private readonly slots: Slot[] = [];
  private readonly owned: GPUBuffer[] = [];
  private readonly held = new Set<GPUBuffer>();
  private readonly bound = new Set<GPUBuffer>();
  private readonly fixed = new Map<DataId, Value>();
  private readonly made = new Map<DataId, Value>();
  private readonly changed = new Set<TensorData>();
  private readonly variables: readonly { variable: tf.Variable; id: DataId; buffer: GPUBuffer | null }[];

  /** @param inputs tensors of the step whose numbers differ from replay to replay; each gets the buffer given with it */
  constructor(
    backend: GpuBackend,
    inputs: readonly { readonly tensor: TensorInfo; readonly buffer: GPUBuffer }[],
  ) {
    this.backend = backend;
    for (const { tensor, buffer } of inputs) {
      const value = { bytes: bytesOf(tensor), place: { buffer, offset: 0, size: bytesOf(tensor) } };
      this.fixed.set(tensor.dataId, value);
    }
    // On the device from the start: what the published backend finds on the CPU it may compute there, once and for all.
    this.variables = Object.values(tf.engine().state.registeredVariables).map((variable) => {
      // Another tensor that shares the numbers must not change with the variable.
      if (backend.refCount(variable.dataId) > 1) tf.tidy(() => variable.assign(tf.mul(variable, 1)));
      backend.uploadToGPU(variable.dataId);
      const { resource } = backend.tensorMap.get(variable.dataId);
      const own = resource instanceof GPUBuffer && !backend.views.of(variable.dataId);
      return { variable, id: variable.dataId, buffer: own ? resource : null };
    });
    for (const { buffer } of this.variables) if (buffer) this.bound.add(buffer);
  }

  launch({ bindings, ...info }: LaunchInfo): void {
    const uses = bindings.map(({ tensor, writes }): Use => this.use(tensor, writes));
    if (info.uniform) this.held.add(info.uniform);
    this.commands.push({ kind: 'launch', ...info, uses });
  }

  copy(from: TensorInfo, to: TensorInfo): void {
    this.pushCopy(this.use(from, false), this.use(to, true), bytesOf(to));
  }

  /** The storage of a tensor that the step makes. */
  place(id: DataId): VirtualBuffer {
    const value: Value = { bytes: Math.max(4, bytesOf(this.backend.tensorMap.get(id))), place: null };
    this.made.set(id, value);
    return new VirtualBuffer(value);
  }

  /** A tensor whose numbers are made for every replay. */
  perStep(shape: readonly number[], make: Slot['make']): TensorInfo {
    const info = this.backend.makeTensorInfo([...shape], 'float32');
    const buffer = this.own(bytesOf(info));
    this.slots.push({ buffer, make });
    const data = this.backend.tensorMap.get(info.dataId);
    data.resource = buffer;
    data.external = true;
    return info;
  }

  /** True where the storage of a tensor that is disposed of stays with the recording. */
  releases(id: DataId, resource: object | null | undefined): boolean {
    if (resource instanceof VirtualBuffer) {
      this.made.delete(id);
      return true;
    }
    if (!(resource instanceof GPUBuffer) || !this.bound.has(resource)) return false;
    if (!this.backend.tensorMap.get(id).external) this.held.add(resource);
    return true;
  }

  /** Ends the recording. @param result what the step returned */
  finish(result: TensorInfo): Traced {
    const { backend, commands, slots, owned, changed } = this;
    const used = this.variables.filter(({ id, variable }) => this.fixed.has(id) && !variable.isDisposed);
    this.keepVariables();
    const variables = used.map(({ variable }) => ({ variable, place: backend.binding(variable) }));
    const value = this.made.get(result.dataId);
    if (!value) throw new Error('Internal error: the result of the step was not computed in it');
    // What else outlives the step gets memory of its own, which stays the recording's.
    for (const [id, left] of this.made) {
      const buffer = this.own(left.bytes);
      left.place = { buffer, offset: 0, size: left.bytes };
      const data = backend.tensorMap.get(id);
      data.resource = buffer;
      data.external = true;
    }
    return { commands, slots, result: value, owned, held: [...this.held], changed, variables };
  }

  /** Frees what a recording that failed has taken. */
  abandon(): void {
    // Variables that the step gave a new tensor have their old numbers again: nothing was computed.
    for (const { variable, id, buffer } of this.variables) {
      if (variable.isDisposed || variable.dataId === id || !buffer) continue;
      this.backend.tensorMap.get(variable.dataId).resource = buffer;
      this.held.delete(buffer);
    }
    for (const buffer of this.owned) buffer.destroy();
    for (const buffer of this.held) this.backend.bufferManager.releaseBuffer(buffer);
  }

  /** A variable that the step gave a new tensor keeps its memory: the new numbers are copied there. */
  private keepVariables(): void {
    for (const { variable, id, buffer } of this.variables) {
      if (variable.isDisposed || variable.dataId === id || !buffer) continue;
      const data = this.backend.tensorMap.get(variable.dataId);
      const place = { buffer, offset: 0, size: Math.max(4, bytesOf(variable)) };
      this.pushCopy(
        this.use(variable, false),
        { value: { bytes: place.size, place }, writes: true },
        place.size,
      );
      this.made.delete(variable.dataId);
      if (data.resource instanceof GPUBuffer) this.held.add(data.resource); // a constant, copied in every replay
      this.held.delete(buffer);
      data.resource = buffer;
      data.values = null;
      this.changed.add(data);
    }
  }

  private pushCopy(from: Use, to: Use, bytes: number): void {
    const copy: Copy = { kind: 'copy', uses: [from, to], bytes };
    this.commands.push(copy);
  }

  private use(tensor: TensorInfo, writes: boolean): Use {
    const data = this.backend.tensorMap.get(tensor.dataId);
    if (data.resource instanceof VirtualBuffer) return { value: data.resource.value, writes };
    if (writes) this.changed.add(data);
    const known = this.fixed.get(tensor.dataId);
    if (known) return { value: known, writes };
    const place = this.backend.binding(tensor);
    this.bound.add(place.buffer);
    const value = { bytes: place.size ?? bytesOf(tensor), place };
    this.fixed.set(tensor.dataId, value);
    return { value, writes };
  }

  private own(bytes: number): GPUBuffer {
    const size = Math.max(16, Math.ceil(bytes / 16) * 16);
    const buffer = this.backend.device.createBuffer({ size, usage: STORAGE });
    this.owned.push(buffer);
    return buffer;
  }
}
