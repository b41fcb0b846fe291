import type { DataId, TensorInfo } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { present } from '../../../lib/assert.ts';
import { FLAT_BLOCK, type FlatTensors } from '../../ops/training-device.ts';
import { bytesOf, type GpuBackend } from '../host/backend.ts';
import type { View } from '../host/views.ts';
import { STORAGE } from '../recording/recorder.ts';

/** Places of tensors of these sizes, in numbers: the offset of each, and the length of all. */
export function flatLayout(sizes: readonly number[]): {
  readonly offsets: readonly number[];
  readonly length: number;
} {
  let length = 0;
  const offsets = sizes.map((size) => {
    const offset = length;
    length += Math.ceil(size / FLAT_BLOCK) * FLAT_BLOCK;
    return offset;
  });
  return { offsets, length: Math.max(length, FLAT_BLOCK) };
}

/** Zeros in a buffer of their own, into which other tensors can be put. Kept beyond the caller's tidy. */
export function flatZeros(backend: GpuBackend, length: number): tf.Tensor {
  const info = backend.output([length]);
  // Fresh buffers are zeros (WebGPU, "Buffer creation").
  const buffer = backend.device.createBuffer({ size: length * 4, usage: STORAGE });
  backend.place(info, { buffer, offset: 0, size: length * 4 });
  return tf.keep(tf.engine().makeTensorFromTensorInfo(info));
}

/** Variables that lie in one buffer; see {@link FlatTensors}. */
export class FlatVariables implements FlatTensors {
  readonly whole: tf.Tensor;
  readonly offsets: readonly number[];
  private readonly backend: GpuBackend;
  private readonly variables: readonly tf.Variable[];
  private readonly views: readonly View[];
  /** The tensor that was last put in each place. */
  private readonly owners: (DataId | null)[];

  constructor(backend: GpuBackend, variables: readonly tf.Variable[]) {
    const { offsets, length } = flatLayout(variables.map(({ size }) => size));
    this.backend = backend;
    this.variables = variables;
    this.offsets = offsets;
    this.whole = flatZeros(backend, length);
    const { buffer } = backend.binding(this.whole);
    this.views = variables.map((variable, i) => ({
      buffer,
      offset: present(offsets[i], 'the offset of a variable') * 4,
      size: Math.max(4, bytesOf(variable)),
    }));
    this.owners = variables.map(() => null);
    this.adopt();
  }

  adopt(): void {
    const backend = this.backend;
    const strangers = this.variables.flatMap((variable, i) => {
      const intact = variable.dataId === this.owners[i] && backend.refCount(variable.dataId) === 1;
      return intact || variable.isDisposed ? [] : [{ variable, i, view: present(this.views[i], 'a view') }];
    });
    if (strangers.length === 0) return;
    backend.flush(); // what was disposed of is gone only then
    for (const { variable, i } of strangers) {
      // Another tensor may share the numbers, and must not change with the variable.
      if (backend.refCount(variable.dataId) > 1) tf.tidy(() => variable.assign(tf.mul(variable, 1)));
      const owner = this.owners[i];
      if (owner && backend.tensorMap.has(owner)) this.moveOut(owner);
    }
    const moved = strangers.map((stranger) => {
      const { view } = stranger;
      const place = backend.output(stranger.variable.shape);
      backend.place(place, view);
      backend.copy(stranger.variable, place);
      return { ...stranger, place };
    });
    backend.flush(); // before the memory of what was copied is used for something else
    for (const { variable, view, place, i } of moved) {
      backend.place(variable, view);
      backend.release(place);
      this.owners[i] = variable.dataId;
    }
  }

  dispose(): void {
    this.whole.dispose();
  }

  /** Gives a tensor that lies here, and whose variable has another by now, memory of its own. */
  private moveOut(id: DataId): void {
    const backend = this.backend;
    const { shape, dtype } = backend.tensorMap.get(id);
    const own = backend.output(shape, dtype);
    backend.copy({ dataId: id, shape, dtype }, own);
    backend.flush();
    const { resource = null } = backend.tensorMap.get(own.dataId);
    backend.releaseResource(id);
    backend.tensorMap.get(id).resource = resource;
    backend.tensorMap.get(own.dataId).resource = null;
    backend.release(own);
  }
}

/** Copies tensors to their places in a flat one. */
export function gatherFlat(
  backend: GpuBackend,
  tensors: readonly TensorInfo[],
  offsets: readonly number[],
  whole: TensorInfo,
): void {
  const { buffer } = backend.binding(whole);
  tensors.forEach((tensor, i) => {
    const place = backend.output(tensor.shape);
    const offset = present(offsets[i], 'the offset of a tensor') * 4;
    backend.place(place, { buffer, offset, size: Math.max(4, bytesOf(tensor)) });
    backend.copy(tensor, place);
    backend.release(place);
  });
}
