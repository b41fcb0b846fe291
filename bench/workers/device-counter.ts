import type { DeviceCounts } from '../case.ts';

/** The parts of WebGPU's classes that are counted; the global ones, or stand-ins in a test. */
export interface DeviceClasses {
  readonly device: Pick<GPUDevice, 'createBuffer' | 'createBindGroup'>;
  readonly buffer: Pick<GPUBuffer, 'destroy'>;
  readonly queue: Pick<GPUQueue, 'writeBuffer' | 'submit'>;
  readonly pass: Pick<GPUComputePassEncoder, 'setBindGroup' | 'dispatchWorkgroups'>;
}

/** GPUBufferUsage.STORAGE, which a test does not have. */
const STORAGE = 0x80;

/**
 * Counts what is asked of every graphics device of this thread: launches, submits, bytes of the storage bound by each
 * launch, bytes uploaded, and the bytes of all buffers alive. With `dry`, launches are counted and not made: all numbers
 * that are computed are then wrong, and the counts the same.
 */
export class DeviceCounter {
  private counts = { dispatches: 0, submits: 0, bytesBound: 0, bytesUploaded: 0 };
  private live = 0;
  private peak = 0;
  private readonly sizes = new WeakMap<object, number>();
  private readonly bound = new WeakMap<object, number>();
  private readonly current = new WeakMap<object, number>();

  constructor({ device, buffer, queue, pass }: DeviceClasses, dry: boolean) {
    const counter = this;
    const { createBuffer, createBindGroup } = device;
    device.createBuffer = function (descriptor) {
      const made = createBuffer.call(this as GPUDevice, descriptor);
      counter.made(made, descriptor);
      return made;
    };
    device.createBindGroup = function (descriptor) {
      const made = createBindGroup.call(this as GPUDevice, descriptor);
      counter.bound.set(made, storageBytes(descriptor));
      return made;
    };
    const { destroy } = buffer;
    buffer.destroy = function () {
      counter.live -= counter.sizes.get(this) ?? 0;
      counter.sizes.delete(this);
      return destroy.call(this as GPUBuffer);
    };
    const { writeBuffer, submit } = queue;
    queue.writeBuffer = function (target, offset, data, first, size) {
      counter.counts.bytesUploaded += writtenBytes(data, first, size);
      return writeBuffer.call(this as GPUQueue, target, offset, data, first, size);
    };
    queue.submit = function (commands) {
      counter.counts.submits += 1;
      return submit.call(this as GPUQueue, commands);
    };
    const setBindGroup = pass.setBindGroup as (...args: unknown[]) => undefined; // of its overloads
    pass.setBindGroup = function (this: object, ...args: unknown[]) {
      const [, group] = args;
      counter.current.set(this, (group ? counter.bound.get(group) : 0) ?? 0);
      return setBindGroup.apply(this, args);
    };
    const { dispatchWorkgroups } = pass;
    pass.dispatchWorkgroups = function (x, y, z) {
      counter.counts.dispatches += 1;
      counter.counts.bytesBound += counter.current.get(this) ?? 0;
      return dry ? undefined : dispatchWorkgroups.call(this as GPUComputePassEncoder, x, y, z);
    };
  }

  /** Forgets what was counted, but for the buffers. */
  restart(): void {
    this.counts = { dispatches: 0, submits: 0, bytesBound: 0, bytesUploaded: 0 };
  }

  /** Since the last restart; the peak since the beginning. */
  report(): DeviceCounts {
    return { ...this.counts, peakBytes: this.peak };
  }

  private made(buffer: object, { size, mappedAtCreation = false }: GPUBufferDescriptor): void {
    this.sizes.set(buffer, size);
    this.live += size;
    this.peak = Math.max(this.peak, this.live);
    // Mapped to be filled by the program.
    if (mappedAtCreation) this.counts.bytesUploaded += size;
  }
}

function storageBytes({ entries }: GPUBindGroupDescriptor): number {
  let bytes = 0;
  for (const { resource } of entries) {
    if (!('buffer' in resource) || !((resource.buffer.usage & STORAGE) > 0)) continue;
    bytes += resource.size ?? resource.buffer.size - (resource.offset ?? 0);
  }
  return bytes;
}

function writtenBytes(
  data: GPUAllowSharedBufferSource,
  first: number | undefined,
  size: number | undefined,
): number {
  // Counted in elements where the data are an array of numbers.
  const each = 'BYTES_PER_ELEMENT' in data ? Number(data.BYTES_PER_ELEMENT) : 1;
  return size === undefined ? data.byteLength - (first ?? 0) * each : size * each;
}
