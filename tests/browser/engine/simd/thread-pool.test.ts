import * as tf from '@tensorflow/tfjs-core';
import { expect, it } from 'vitest';
import { WORD } from '../../../../src/engine/simd/host/layout.generated.ts';
import { bestOptions, startSimd } from '../../../../src/engine/simd/start.ts';

it('a thread that is woken again for a launch it has done does not report it twice', async () => {
  const backend = await startSimd({ ...bestOptions(), threads: 2 });
  expect(backend.threads.size).toBe(2);
  await tf.setBackend('simd');
  const words = backend.threads.heap.i32;
  const asleep = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 50));
  const product = tf.tidy(() => tf.matMul(tf.ones([256, 256]), tf.ones([256, 256])));
  await asleep();
  Atomics.notify(words, WORD.GENERATION);
  await asleep();
  expect(Atomics.load(words, WORD.PENDING)).toBe(0);
  expect((await product.data())[0]).toBe(256);
  product.dispose();
});
