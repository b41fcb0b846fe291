import { WebGPUBackend } from '@tensorflow/tfjs-backend-webgpu';
import type { BackendValues, DataId, DataType, TensorInfo } from '@tensorflow/tfjs-core';
import type { VirtualBuffer } from '../recording/command.ts';

/** A tensor's storage as the published backend keeps it. */
export interface TensorData {
  /** Numbers on the CPU: not uploaded yet, or read back. */
  values: BackendValues | null;
  readonly dtype: DataType;
  readonly shape: number[];
  refCount: number;
  resource?: GPUBuffer | GPUTexture | GPUExternalTexture | VirtualBuffer | null;
  external?: boolean;
}

/** A value of a published program's uniform struct. */
export interface UniformField {
  readonly type: string;
  data: number[];
}

/** A published program, as far as launching it needs. */
export interface PublishedProgram {
  readonly outputShape: number[];
  readonly size?: boolean;
  readonly outputComponent?: number;
  readonly pixelsOpType?: number | null;
  dispatch: [number, number, number];
  pipeline: GPUComputePipeline | Promise<GPUComputePipeline>;
}

/** The parts of the published backend that its types keep private and ours builds on; read in version 4.22. */
export interface OpenBackend
  extends Omit<WebGPUBackend, 'tensorMap' | 'disposeData' | 'runWebGPUProgram' | 'read' | 'uploadToGPU'> {
  readonly tensorMap: { get(id: DataId): TensorData; has(id: DataId): boolean };
  commandEncoder: GPUCommandEncoder | null;
  computePassEncoder: GPUComputePassEncoder | null;
  dispatchCountInPass: number;
  commandQueueOwnedIds: WeakSet<DataId>;
  uniformPendingDisposal: GPUBuffer[];
  disposeData(id: DataId, force?: boolean): boolean;
  releaseResource(id: DataId): void;
  read(id: DataId): Promise<BackendValues>;
  uploadToGPU(id: DataId): void;
  tensorToBinding(tensor?: TensorInfo): GPUBindingResource | null;
  makeUniforms(fields: UniformField[]): GPUBufferBinding & { buffer: GPUBuffer };
  runWebGPUProgram(
    program: PublishedProgram,
    inputs: TensorInfo[],
    dtype: DataType,
    uniforms?: UniformField[],
    output?: TensorInfo,
  ): TensorInfo;
}

/** The published backend's class with those parts open: the one place where its types are overruled. */
export const OpenBackend = WebGPUBackend as unknown as new (
  device: GPUDevice,
  info?: GPUAdapterInfo,
) => OpenBackend;
