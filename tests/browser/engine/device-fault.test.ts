import * as tf from '@tensorflow/tfjs-core';
import { expect, it } from 'vitest';
import { deviceFault, unlessDeviceFails } from '../../../src/engine/selection/device-fault.ts';
import { startBackend } from '../../../src/engine/selection/start-backend.ts';

it('a command that WebGPU refuses ends the work, and the next start gets a fresh device', async () => {
  await startBackend('webgpu');
  const broken: object = tf.backend();
  const fault = deviceFault('webgpu');
  // More tensors than a shader has bindings. Nothing is thrown; left alone, it reads whatever lay in that memory.
  const many = Array.from({ length: 40 }, (_, i) => tf.scalar(i));
  const result = tf.addN(many).data();
  const never = new Promise(() => {});
  await expect(unlessDeviceFails('webgpu', never)).rejects.toBe(await fault);
  await result.catch(() => {}); // it may be read, or the device be gone by then
  const { problem } = await fault;
  expect(problem.what).toMatch(
    /rejected a part of the computation \(.+\), so its numbers cannot be trusted\.$/,
  );
  expect(problem.what).not.toContain('\n');
  expect(problem.remedy).toContain('another backend');
  // Who asks only now is told as well.
  expect(await deviceFault('webgpu')).toBe(await fault);
  await startBackend('webgpu');
  expect(tf.backend()).not.toBe(broken);
  expect(await tf.add(1, 2).data()).toEqual(new Float32Array([3]));
});
