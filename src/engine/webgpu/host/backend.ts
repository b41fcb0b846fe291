import {
  type BackendValues,
  type DataId,
  type DataType,
  env,
  type TensorInfo,
  util,
} from '@tensorflow/tfjs-core';
import type { LaunchRecorder } from '../recording/command.ts';
import { OpenBackend, type PublishedProgram, type UniformField } from './open-backend.ts';
import { Pipelines } from './pipelines.ts';
import { type Program, paramBytes } from './program.ts';
import { type View, Views } from './views.ts';

/** Bytes of a tensor; every number type takes four on a GPU. */
export const bytesOf = ({ shape }: Pick<TensorInfo, 'shape'>): number => util.sizeFromShape(shape) * 4;

const UNIFORM = GPUBufferUsage.COPY_DST | GPUBufferUsage.UNIFORM;

/**
 * The published WebGPU backend with three things more: kernels of ours that write more than one tensor or change one in
 * place ({@link run}); tensors that are parts of one buffer ({@link Views}); and recording, during which nothing is
 * computed but every launch is written down (see ../recording).
 */
export class GpuBackend extends OpenBackend {
  readonly pipelines: Pipelines;
  readonly views = new Views();
  /** Writes down what is launched; null while launches are carried out. */
  recorder: LaunchRecorder | null = null;
  private readonly companions = new WeakMap<DataId, TensorInfo>();

  constructor(device: GPUDevice, info: GPUAdapterInfo) {
    super(device, info);
    this.pipelines = new Pipelines(device);
  }

  /**
   * Launches a kernel of ours.
   *
   * @param writes fresh tensors of {@link output}, or tensors that are changed in place
   */
  run(program: Program, reads: readonly TensorInfo[], writes: readonly TensorInfo[]): void {
    const tensors = [...reads, ...writes];
    for (const { dataId } of tensors) this.uploadToGPU(dataId);
    for (const { dataId } of writes) this.tensorMap.get(dataId).values = null; // read back earlier, and no longer true
    const params = program.params && paramBytes(program.params);
    const bindings = { reads: reads.length, writes: writes.length, uniform: params !== undefined };
    const pipeline = this.pipelines.get(program, bindings, this.recorder === null);
    if (this.recorder) {
      this.recorder.launch({
        name: program.name,
        program,
        pipeline: pipeline.ready,
        layout: pipeline.layout,
        bindings: [
          ...reads.map((tensor) => ({ tensor, writes: false })),
          ...writes.map((tensor) => ({ tensor, writes: true })),
        ],
        uniform: params ? this.uniform(params) : null,
        workgroups: program.workgroups,
      });
      return;
    }
    if (pipeline.ready instanceof Promise) throw new Error('Internal error: a kernel is not compiled');
    const resources = tensors.map((tensor) => this.binding(tensor));
    if (params) {
      const buffer = this.uniform(params);
      this.uniformPendingDisposal.push(buffer);
      resources.push({ buffer });
    }
    const entries = resources.map((resource, binding) => ({ binding, resource }));
    for (const { dataId } of tensors) this.commandQueueOwnedIds.add(dataId);
    this.ensureCommandEncoderReady();
    if (!this.commandEncoder) throw new Error('Internal error: no command encoder');
    this.computePassEncoder ??= this.commandEncoder.beginComputePass();
    this.computePassEncoder.setPipeline(pipeline.ready);
    this.computePassEncoder.setBindGroup(
      0,
      this.device.createBindGroup({ layout: pipeline.layout, entries }),
    );
    this.computePassEncoder.dispatchWorkgroups(...program.workgroups);
    this.dispatchCountInPass += 1;
    if (this.dispatchCountInPass >= env().getNumber('WEBGPU_DEFERRED_SUBMIT_BATCH_SIZE')) this.flush();
  }

  /** A fresh tensor whose numbers are not set. */
  output(shape: readonly number[], dtype: DataType = 'float32'): TensorInfo {
    return this.makeTensorInfo([...shape], dtype);
  }

  /** Frees a tensor that a kernel made for itself. */
  release({ dataId }: TensorInfo): void {
    this.disposeData(dataId);
  }

  /** Keeps a tensor that was computed along with another, until the other is disposed of. */
  attach(to: TensorInfo, what: TensorInfo): void {
    this.companions.set(to.dataId, what);
  }

  attached(to: TensorInfo): TensorInfo | undefined {
    return this.companions.get(to.dataId);
  }

  /** Copies the numbers of one tensor over those of another of the same size. */
  copy(from: TensorInfo, to: TensorInfo): void {
    for (const { dataId } of [from, to]) this.uploadToGPU(dataId);
    this.tensorMap.get(to.dataId).values = null;
    if (this.recorder) {
      this.recorder.copy(from, to);
      return;
    }
    const source = this.binding(from);
    const target = this.binding(to);
    for (const { dataId } of [from, to]) this.commandQueueOwnedIds.add(dataId);
    this.ensureCommandEncoderReady();
    this.endComputePassEncoder();
    this.commandEncoder?.copyBufferToBuffer(
      source.buffer,
      source.offset ?? 0,
      target.buffer,
      target.offset ?? 0,
      bytesOf(to),
    );
  }

  /** A tensor whose numbers are made for every replay of the step that is recorded; null where none is. */
  perStep(shape: readonly number[], make: () => Float32Array): TensorInfo | null {
    return this.recorder?.perStep(shape, make) ?? null;
  }

  /** Hands everything that was launched to the device. */
  flush(): void {
    this.endComputePassEncoder();
    if (this.commandEncoder) this.submitQueue();
  }

  /** Adds commands to what was launched and not yet handed over, and hands all of it to the device at once. */
  submitWith(add: (encoder: GPUCommandEncoder) => void): void {
    this.ensureCommandEncoderReady();
    this.endComputePassEncoder();
    if (!this.commandEncoder) throw new Error('Internal error: no command encoder');
    add(this.commandEncoder);
    this.submitQueue();
  }

  /** False for a tensor whose numbers were not uploaded yet. */
  onDevice({ dataId }: TensorInfo): boolean {
    return this.tensorMap.get(dataId).resource instanceof GPUBuffer;
  }

  /** Where a tensor lies on the device. */
  binding({ dataId, shape }: TensorInfo): GPUBufferBinding {
    const view = this.views.of(dataId);
    if (view) return { buffer: view.buffer, offset: view.offset, size: view.size };
    const { resource } = this.tensorMap.get(dataId);
    if (!(resource instanceof GPUBuffer)) throw new Error('Internal error: a tensor is not on the device');
    return { buffer: resource, offset: 0, size: Math.max(4, bytesOf({ shape })) };
  }

  /** Lets a tensor be a part of a larger buffer, which already holds its numbers. */
  place({ dataId }: TensorInfo, view: View): void {
    this.releaseResource(dataId);
    this.views.add(dataId, view);
    const data = this.tensorMap.get(dataId);
    data.values = null;
    data.resource = view.buffer;
  }

  override tensorToBinding(tensor?: TensorInfo): GPUBindingResource | null {
    return tensor && this.views.of(tensor.dataId) ? this.binding(tensor) : super.tensorToBinding(tensor);
  }

  override async read(dataId: DataId): Promise<BackendValues> {
    const view = this.views.of(dataId);
    if (!view || !this.tensorMap.has(dataId)) return super.read(dataId);
    // Copied out first: the published reading takes whole buffers. Not kept on the CPU: views change in place.
    const { shape, dtype } = this.tensorMap.get(dataId);
    const whole = this.output(shape, dtype);
    this.copy({ dataId, shape, dtype }, whole);
    try {
      return await super.read(whole.dataId);
    } finally {
      this.disposeData(whole.dataId);
    }
  }

  override uploadToGPU(dataId: DataId): void {
    const data = this.tensorMap.get(dataId);
    if (this.recorder && !data.resource && !data.values) {
      data.resource = this.recorder.place(dataId);
      return;
    }
    super.uploadToGPU(dataId);
  }

  override disposeData(dataId: DataId, force = false): boolean {
    const gone = super.disposeData(dataId, force);
    const companion = gone ? this.companions.get(dataId) : undefined;
    if (companion) {
      this.companions.delete(dataId);
      this.disposeData(companion.dataId);
    }
    return gone;
  }

  override releaseResource(dataId: DataId): void {
    if (this.views.delete(dataId)) {
      this.tensorMap.get(dataId).resource = null;
      return;
    }
    const data = this.tensorMap.has(dataId) ? this.tensorMap.get(dataId) : null;
    if (data && this.recorder?.releases(dataId, data.resource)) {
      data.resource = null;
      return;
    }
    super.releaseResource(dataId);
  }

  override runWebGPUProgram(
    program: PublishedProgram,
    inputs: TensorInfo[],
    dtype: DataType,
    uniforms?: UniformField[],
    output?: TensorInfo,
  ): TensorInfo {
    if (output) this.tensorMap.get(output.dataId).values = null;
    const { recorder } = this;
    if (!recorder) return super.runWebGPUProgram(program, inputs, dtype, uniforms, output);
    // "Compile only" is the published way of compiling without launching.
    env().set('WEBGPU_ENGINE_COMPILE_ONLY', true);
    let made: TensorInfo;
    try {
      made = super.runWebGPUProgram(program, inputs, dtype, uniforms, output);
    } finally {
      env().set('WEBGPU_ENGINE_COMPILE_ONLY', false);
    }
    if (util.sizeFromShape(made.shape) === 0) return made;
    const { buffer } = this.makeUniforms(publishedUniforms(program, inputs, made, uniforms));
    this.uniformPendingDisposal.pop(); // it stays with the recording
    recorder.launch({
      name: program.constructor.name,
      program: null,
      pipeline: program.pipeline,
      layout: null,
      bindings: [{ tensor: made, writes: true }, ...inputs.map((tensor) => ({ tensor, writes: false }))],
      uniform: buffer,
      workgroups: program.dispatch,
    });
    return made;
  }

  private uniform(bytes: ArrayBuffer): GPUBuffer {
    const buffer = this.bufferManager.acquireBuffer(bytes.byteLength, UNIFORM);
    this.queue.writeBuffer(buffer, 0, bytes);
    return buffer;
  }
}

/** The uniform fields of a published program, in the order of its struct. */
function publishedUniforms(
  program: PublishedProgram,
  inputs: readonly TensorInfo[],
  output: TensorInfo,
  own: UniformField[] | null | undefined,
): UniformField[] {
  const int = (data: number[]): UniformField => ({ type: 'int32', data });
  const float = (value: number): UniformField => ({ type: 'float32', data: [value] });
  const fields =
    program.pixelsOpType === undefined || program.pixelsOpType === null
      ? [
          float(Number.NaN),
          float(Number.POSITIVE_INFINITY),
          ...[...inputs, output].flatMap(({ shape }) => [int([...shape]), int(util.computeStrides(shape))]),
        ]
      : [int(util.computeStrides(output.shape))];
  const size = util.sizeFromShape(program.outputShape) / (program.outputComponent || 1);
  return [...fields, ...(program.size ? [int([size])] : []), ...(own ?? [])];
}
