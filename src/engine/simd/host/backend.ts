import { MathBackendCPU } from '@tensorflow/tfjs-backend-cpu';
import { type BackendValues, type DataType, type TensorInfo, util } from '@tensorflow/tfjs-core';
import type { Heap } from './heap.ts';
import type { ThreadPool } from './thread-pool.ts';

type DataId = TensorInfo['dataId'];

const EMPTY = new Float32Array(0);

/** Arrays of each type. */
const NUMBERS = new Map<DataType, typeof Float32Array | typeof Int32Array | typeof Uint8Array>([
  ['float32', Float32Array],
  ['int32', Int32Array],
  ['bool', Uint8Array],
]);

/** A tensor in the WebAssembly memory. The published kernels see it as a view. */
class Resident {
  readonly address: number;
  readonly dtype: DataType;
  refCount: number;
  private readonly heap: Heap;
  private readonly length: number;

  constructor(heap: Heap, address: number, length: number, dtype: DataType, refCount: number) {
    this.heap = heap;
    this.address = address;
    this.length = length;
    this.dtype = dtype;
    this.refCount = refCount;
  }

  /** Valid until the memory grows, which only our kernels cause. */
  get values(): Float32Array | Int32Array | Uint8Array {
    const { buffer } = this.heap.memory;
    if (this.dtype === 'bool') return new Uint8Array(buffer, this.address, this.length);
    return this.dtype === 'int32'
      ? new Int32Array(buffer, this.address, this.length)
      : new Float32Array(buffer, this.address, this.length);
  }
}

/**
 * TensorFlow.js on WebAssembly SIMD and threads: the published CPU backend, whose tensors are moved to the WebAssembly
 * memory when one of our kernels first uses them. So every operation works, ours are fast, and what only published
 * kernels use is never copied.
 */
export class SimdBackend extends MathBackendCPU {
  readonly threads: ThreadPool;
  readonly heap: Heap;

  constructor(pool: ThreadPool) {
    super();
    this.threads = pool;
    this.heap = pool.heap;
  }

  /** Address of a tensor's numbers (float32 or int32), or of its booleans, a byte each. */
  address({ dataId, dtype }: TensorInfo): number {
    const data: object = this.data.get(dataId);
    if (data instanceof Resident) return data.address;
    const { values, refCount } = this.data.get(dataId);
    const words = values instanceof Float32Array || values instanceof Int32Array;
    if (!(words || values instanceof Uint8Array)) {
      throw new Error(`Internal error: ${dtype} tensors cannot be in the WebAssembly memory`);
    }
    const address = this.heap.allocate(values.byteLength);
    if (values instanceof Int32Array) this.heap.i32.set(values, address >>> 2);
    else if (values instanceof Float32Array) this.heap.f32.set(values, address >>> 2);
    else new Uint8Array(this.heap.memory.buffer, address).set(values);
    this.data.set(dataId, new Resident(this.heap, address, values.length, dtype, refCount));
    return address;
  }

  /** A new tensor in the WebAssembly memory, uninitialised. */
  output(shape: number[], dtype: 'float32' | 'int32' | 'bool' = 'float32'): TensorInfo {
    const length = util.sizeFromShape(shape);
    const address = this.heap.allocate(length * util.bytesPerElement(dtype));
    const dataId = this.write(EMPTY, shape, dtype);
    this.data.set(dataId, new Resident(this.heap, address, length, dtype, 1));
    return { dataId, shape, dtype };
  }

  /**
   * A tensor that a published kernel made, with a buffer of its own in its own type. Slices come as views of other
   * tensors' memory, and integers cast to floats as the same integers with another type.
   */
  ensureOwnBuffer(made: TensorInfo): TensorInfo {
    const { dataId, shape, dtype } = made;
    const Numbers = NUMBERS.get(dtype);
    if (!Numbers) return made;
    const data = this.data.get(dataId);
    if (data instanceof Resident && data.dtype === dtype) return made;
    const { values } = data;
    if (!ArrayBuffer.isView(values)) return made;
    if (values instanceof Numbers) {
      const { refCount } = data;
      if (values.buffer === this.heap.memory.buffer)
        this.data.set(dataId, { values: values.slice(), dtype, refCount });
      return made;
    }
    const converted = this.makeTensorInfo(shape, dtype, Numbers.from(values));
    this.disposeIntermediateTensorInfo(made);
    return converted;
  }

  /**
   * The numbers of a float32 tensor in place, to read and to write until the memory grows; null where another tensor
   * shares them.
   */
  inPlace({ dataId, dtype }: TensorInfo): Float32Array | null {
    const data: object = this.data.get(dataId);
    if (!(data instanceof Resident) || dtype !== 'float32' || data.refCount !== 1) return null;
    const { values } = data;
    return values instanceof Float32Array ? values : null;
  }

  /** Memory for the duration of `work`. */
  scratch<T>(bytes: number, work: (address: number) => T): T {
    const address = this.heap.allocate(bytes);
    try {
      return work(address);
    } finally {
      this.heap.release(address);
    }
  }

  override readSync(dataId: DataId): BackendValues {
    const data: object = this.data.get(dataId);
    // A copy: the memory may be reused for another tensor.
    return data instanceof Resident ? data.values.slice() : super.readSync(dataId);
  }

  override disposeData(dataId: DataId, force = false): boolean {
    const data: object | undefined = this.data.has(dataId) ? this.data.get(dataId) : undefined;
    const gone = super.disposeData(dataId, force);
    if (data instanceof Resident && !this.data.has(dataId)) this.heap.release(data.address);
    return gone;
  }

  override memory(): { unreliable: boolean; reasons: string[]; numBytesInHeap: number } {
    return { unreliable: false, reasons: [], numBytesInHeap: this.heap.used };
  }

  override dispose(): void {
    this.threads.close();
  }
}
