import * as tf from '@tensorflow/tfjs-core';
import { expect, it } from 'vitest';
import { parsePartialConfig } from '../../../src/config/parse.ts';
import { startBackend } from '../../../src/engine/selection/start-backend.ts';
import { createRandom } from '../../../src/lib/random.ts';
import { createBackbone } from '../../../src/model/backbones/create-backbone.ts';
import { randomCentres } from '../../../src/model/heads/centres.ts';
import { createLearner, disposeLearner } from '../../../src/train/step/learner.ts';
import { Trainer } from '../../../src/train/step/trainer.ts';

/**
 * Thousands of steps on one device: buffers, tensors and memory stay as they are after the first. 300 steps here;
 * VITE_LONG_RUN=10000 npm run test:browser -- tests/browser/train/long-run.test.ts for the figures of docs/performance.md.
 */
const STEPS = Number(import.meta.env['VITE_LONG_RUN'] ?? 300);
const BATCH = 2;
const EDGE = 32;

it(
  `nothing grows in ${STEPS} steps`,
  async () => {
    const live = countBuffers();
    await startBackend('webgpu');
    const config = parsePartialConfig({
      preset: 'scratch',
      backbone: { kind: 'small-cnn', inputSize: EDGE, embeddingSize: 16 },
    });
    const random = createRandom(3);
    const network = createBackbone(
      { kind: 'small-cnn', inputSize: EDGE, embeddingSize: 16 },
      random.fork('network'),
    );
    const centres = randomCentres(4, 16, random.fork('centres'));
    const learner = createLearner(network, config, { centres, scale: 16, random });
    const trainer = new Trainer(learner, config);
    const seen: { ms: number; buffers: number; bytes: number; tensors: number; heap: number }[] = [];
    for (let step = 0; step < STEPS; step++) {
      const start = performance.now();
      const inputs = tf.tensor4d(
        Float32Array.from({ length: BATCH * EDGE * EDGE * 3 }, () => random.next() * 2 - 1),
        [BATCH, EDGE, EDGE, 3],
      );
      const numbers = await trainer.step([{ inputs, labels: [step % 4, (step + 1) % 4] }], { rate: 0.01 });
      const [loss] = await numbers.data<'float32'>();
      expect(loss).toBeGreaterThan(0);
      tf.dispose([inputs, numbers]);
      seen.push({
        ms: performance.now() - start,
        buffers: live.count,
        bytes: live.bytes,
        tensors: tf.memory().numTensors,
        heap: heapBytes(),
      });
    }
    trainer.dispose();
    disposeLearner(learner);
    const quarter = Math.floor(STEPS / 4);
    const [early, late] = [seen.slice(quarter, 2 * quarter), seen.slice(-quarter)];
    const middle = (part: typeof seen, key: keyof (typeof seen)[number]): number =>
      part.map((one) => one[key]).sort((a, b) => a - b)[Math.floor(part.length / 2)] ?? Number.NaN;
    for (const key of ['ms', 'buffers', 'bytes', 'tensors', 'heap'] as const) {
      console.warn(`${key}: ${middle(early, key).toPrecision(6)} then ${middle(late, key).toPrecision(6)}`);
    }
    expect(Math.max(...late.map(({ buffers }) => buffers))).toBe(
      Math.max(...early.map(({ buffers }) => buffers)),
    );
    expect(Math.max(...late.map(({ bytes }) => bytes))).toBe(Math.max(...early.map(({ bytes }) => bytes)));
    expect(late.at(-1)?.tensors).toBe(early[0]?.tensors);
  },
  STEPS * 500,
);

/** Counts the buffers of all devices that are made from now on. */
function countBuffers(): { count: number; bytes: number } {
  const live = { count: 0, bytes: 0 };
  const create = GPUDevice.prototype.createBuffer;
  GPUDevice.prototype.createBuffer = function (descriptor) {
    const buffer = create.call(this, descriptor);
    live.count += 1;
    live.bytes += descriptor.size;
    const destroy = buffer.destroy.bind(buffer);
    let gone = false;
    buffer.destroy = () => {
      if (!gone) {
        live.count -= 1;
        live.bytes -= descriptor.size;
      }
      gone = true;
      destroy();
    };
    return buffer;
  };
  return live;
}

/** Of this page's JavaScript; 0 where the browser does not tell. */
function heapBytes(): number {
  const memory: unknown = Reflect.get(performance, 'memory');
  const used: unknown =
    typeof memory === 'object' && memory !== null ? Reflect.get(memory, 'usedJSHeapSize') : 0;
  return typeof used === 'number' ? used : 0;
}
