import * as tf from '@tensorflow/tfjs-core';
import type { OnCompiled, StepRecorder } from '../../ops/training-device.ts';
import { bytesOf, type GpuBackend } from '../host/backend.ts';
import { Pool } from './plan.ts';
import { Recorder, STORAGE, type Traced } from './recorder.ts';
import { ownBytes, Recording } from './recording.ts';

/** Recordings that are kept: that of a full batch, and that of the smaller last one of an epoch. */
const KEPT = 2;

interface Entry {
  readonly key: string;
  readonly recording: Recording;
  readonly inputs: readonly GPUBuffer[];
  readonly shape: number[];
}

/**
 * Runs a step by replaying the launches of an earlier one. The first time, and whenever shapes or the key change, the step
 * is traced: its operations are called, but only written down. A step that cannot be traced (it reads numbers back in the
 * middle) is run as it is, this time and always.
 */
export class RecordedSteps implements StepRecorder {
  private readonly backend: GpuBackend;
  private readonly pool: Pool;
  private readonly onCompiled: OnCompiled;
  private entries: Entry[] = [];
  private refused = false;

  constructor(backend: GpuBackend, onCompiled: OnCompiled) {
    this.backend = backend;
    this.onCompiled = onCompiled;
    this.pool = new Pool(backend.device);
  }

  /**
   * @param key whatever the step's launches depend on besides the shapes of the inputs
   * @param inputs all tensors whose numbers differ from step to step; the caller's to dispose of
   * @param step gives one tensor, computed on the device
   */
  async run(key: string, inputs: readonly tf.Tensor[], step: () => tf.Tensor): Promise<tf.Tensor> {
    if (this.refused) return step();
    const full = [key, ...inputs.map(({ shape, dtype }) => `${dtype} ${shape.join()}`)].join('; ');
    this.drop(this.entries.filter(({ recording }) => !recording.valid));
    const entry = this.entries.find((known) => known.key === full) ?? (await this.record(full, inputs, step));
    // Operations go to the active backend: not to another one, with tensors of a device that failed meanwhile.
    if (tf.backend() !== this.backend) throw new Error('The graphics device failed.');
    if (!entry) return step();
    const made = entry.recording.replay((encoder) => this.fill(entry, inputs, encoder), entry.shape);
    return tf.engine().makeTensorFromTensorInfo(made);
  }

  /** Launches of the step that was recorded last. */
  get launches(): number | null {
    return this.entries.at(-1)?.recording.launches ?? null;
  }

  dispose(): void {
    this.drop(this.entries);
    this.pool.dispose();
  }

  private async record(
    key: string,
    inputs: readonly tf.Tensor[],
    step: () => tf.Tensor,
  ): Promise<Entry | null> {
    const { backend } = this;
    this.drop(this.entries.slice(0, Math.max(0, this.entries.length + 1 - KEPT)));
    const buffers = inputs.map((tensor) => {
      const size = Math.max(16, Math.ceil(bytesOf(tensor) / 16) * 16);
      return backend.device.createBuffer({ size, usage: STORAGE });
    });
    try {
      const { traced, shape } = this.trace(inputs, buffers, step);
      const recording = await Recording.of(backend, traced, this.pool, this.onCompiled);
      const entry = { key, recording, inputs: buffers, shape };
      this.entries = [...this.entries, entry];
      return entry;
    } catch (thrown) {
      console.warn('The step cannot be recorded and is run as it is.', thrown);
      for (const buffer of buffers) buffer.destroy();
      this.refused = true;
      return null;
    }
  }

  /** Calls the step with its launches written down. */
  private trace(
    inputs: readonly tf.Tensor[],
    buffers: readonly GPUBuffer[],
    step: () => tf.Tensor,
  ): { readonly traced: Traced; readonly shape: number[] } {
    const { backend } = this;
    backend.flush();
    const lent = inputs.map((tensor, i) => {
      const data = backend.tensorMap.get(tensor.dataId);
      const { resource = null, external = false, values } = data;
      const buffer = buffers[i];
      if (!buffer) throw new Error('Internal error: an input without a buffer');
      Object.assign(data, { resource: buffer, external: true, values: null });
      return { tensor, buffer, giveBack: () => Object.assign(data, { resource, external, values }) };
    });
    const recorder = new Recorder(backend, lent);
    backend.recorder = recorder;
    try {
      const result = withoutChance(step);
      const traced = recorder.finish(result);
      const shape = [...result.shape];
      result.dispose();
      return { traced, shape };
    } catch (thrown) {
      recorder.abandon();
      throw thrown;
    } finally {
      backend.recorder = null;
      for (const { giveBack } of lent) giveBack();
    }
  }

  /** Brings the numbers of the inputs where the recording reads them. */
  private fill({ inputs: buffers }: Entry, inputs: readonly tf.Tensor[], encoder: GPUCommandEncoder): void {
    inputs.forEach((tensor, i) => {
      const buffer = buffers[i];
      if (!buffer) throw new Error('Internal error: an input without a buffer');
      const { values } = this.backend.tensorMap.get(tensor.dataId);
      if (values instanceof Float32Array || values instanceof Int32Array) {
        this.backend.queue.writeBuffer(buffer, 0, ownBytes(values));
        return;
      }
      const from = this.backend.binding(tensor);
      encoder.copyBufferToBuffer(from.buffer, from.offset ?? 0, buffer, 0, bytesOf(tensor));
    });
  }

  private drop(entries: readonly Entry[]): void {
    for (const { recording, inputs } of entries) {
      recording.dispose();
      for (const buffer of inputs) buffer.destroy();
    }
    this.entries = this.entries.filter((entry) => !entries.includes(entry));
  }
}

/**
 * Runs a step that must not draw random numbers, but for those of `perStep`: every replay would have the same ones. Layers
 * of the library that are not seeded begin with Math.random; seeded ones draw the same numbers in every step anyway.
 *
 * @throws Error where it did
 */
function withoutChance(step: () => tf.Tensor): tf.Tensor {
  const random = Math.random;
  let drawn = false;
  Math.random = () => {
    drawn = true;
    return random();
  };
  try {
    const result = step();
    if (drawn) throw new Error('a layer of the network draws random numbers');
    return result;
  } finally {
    Math.random = random;
  }
}
