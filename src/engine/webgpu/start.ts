import '@tensorflow/tfjs-backend-webgpu';
import {
  findBackendFactory,
  getKernel,
  type KernelConfig,
  registerBackend,
  registerKernel,
  removeBackend,
  unregisterKernel,
} from '@tensorflow/tfjs-core';
import { requestOwnDevice } from './host/device.ts';
import { convKernels } from './kernels/convolution/conv2d.ts';
import { depthwiseKernels } from './kernels/depthwise/depthwise.ts';
import { batchNormKernels } from './kernels/norm/batch-norm.ts';
import { optimiserKernels } from './kernels/optimiser/optimiser.ts';
import { pictureKernels } from './kernels/pictures/pictures.ts';
import { matmulKernels } from './kernels/product/matmul.ts';
import { columnKernels } from './kernels/reduce/columns.ts';
import { rowKernels } from './kernels/rows/rows.ts';
import { TrainingBackend } from './training-backend.ts';

let registered = false;

/**
 * Registers the backend `webgpu` for `tf.setBackend('webgpu')`: the published one with our device and our kernels. It has
 * every operation and gradient, for any TensorFlow.js model.
 */
export function registerWebGpu(): void {
  if (registered) return;
  for (const config of kernels()) {
    if (getKernel(config.kernelName, 'webgpu')) unregisterKernel(config.kernelName, 'webgpu');
    registerKernel(config);
  }
  if (findBackendFactory('webgpu')) removeBackend('webgpu');
  registerBackend('webgpu', async () => {
    const { device, info } = await requestOwnDevice();
    return new TrainingBackend(device, info);
  });
  registered = true;
}

/** Made when they are needed: each remembers the published kernel that it stands in front of. */
const kernels = (): KernelConfig[] => [
  ...optimiserKernels(),
  ...matmulKernels(),
  ...convKernels(),
  ...depthwiseKernels(),
  ...batchNormKernels(),
  ...rowKernels(),
  ...pictureKernels(),
  ...columnKernels(),
];
