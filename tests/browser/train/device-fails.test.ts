import * as tf from '@tensorflow/tfjs-core';
import { afterEach, describe, expect, it } from 'vitest';
import { presets } from '../../../src/config/presets.ts';
import type { TrainingConfig } from '../../../src/config/training-config.ts';
import { unlessDeviceFails } from '../../../src/engine/selection/device-fault.ts';
import { startBackend } from '../../../src/engine/selection/start-backend.ts';
import type { TrainerEvent } from '../../../src/protocol/trainer.ts';
import { RunControl } from '../../../src/train/loop/run-control.ts';
import type { Trained } from '../../../src/train/run/trained.ts';
import { trainRun } from '../../../src/train/whole-run/train-run.ts';
import { syntheticPeople } from './synthetic.ts';

const config: TrainingConfig = {
  ...presets.scratch,
  backend: 'webgpu',
  epochs: 6,
  batchSize: 8,
  backbone: { kind: 'small-cnn', inputSize: 32, embeddingSize: 8 },
  heldOut: { peopleFraction: 0, photosFraction: 0.25 },
};
const data = await syntheticPeople(4, 12, 2);

interface Told {
  readonly trained: Trained;
  readonly texts: readonly string[];
  readonly backends: readonly string[];
  readonly statuses: readonly string[];
  /** Steps as they were told, those that were dropped included. */
  readonly steps: readonly number[];
}

async function run(
  change: Partial<TrainingConfig>,
  onEvent: (event: TrainerEvent) => void,
  control = new RunControl(),
): Promise<Told> {
  const texts: string[] = [];
  const backends: string[] = [];
  const statuses: string[] = [];
  const steps: number[] = [];
  const trained = await trainRun(
    { config: { ...config, ...change }, data, verify: null },
    control,
    new AbortController().signal,
    (event) => {
      if (event.kind === 'rolled-back') texts.push(event.text);
      if (event.kind === 'backend') backends.push(event.report.name);
      if (event.kind === 'status') statuses.push(event.status);
      if (event.kind === 'steps') steps.push(...event.points.map(({ step }) => step));
      onEvent(event);
    },
  );
  return { trained, texts, backends, statuses, steps };
}

/** The device of the active backend. */
function device(): GPUDevice {
  const active: object = tf.backend();
  if ('device' in active && active.device instanceof GPUDevice) return active.device;
  throw new Error('not on WebGPU');
}

const finite = ({ best }: Trained): boolean =>
  [...best.network, ...best.head].every(({ values }) => values.every(Number.isFinite));

describe('a device that is lost', () => {
  it('in the middle of a run: it goes on from the last good weights on the CPU, and says so', async () => {
    let destroyed = false;
    const { trained, texts, backends, statuses, steps } = await run({}, (event) => {
      if (destroyed || event.kind !== 'epochs' || event.latest.epoch < 4) return;
      destroyed = true;
      device().destroy();
    });
    expect(backends).toEqual(['webgpu', 'simd']);
    expect(statuses).toEqual(['preparing', 'running', 'preparing', 'running']);
    expect(texts).toHaveLength(1);
    expect(texts[0]).toMatch(
      /^The graphics device was lost while it was computing( \(.+\))?\. The run went on from step \d+ with WebAssembly SIMD in place of WebGPU\.$/,
    );
    const from = Number(texts[0]?.match(/step (\d+)/)?.[1]);
    expect(from).toBeGreaterThanOrEqual(10);
    expect(steps.at(-1)).toBe(30);
    expect(steps.filter((step) => step === from + 1)).toHaveLength(steps.includes(from + 1) ? 1 : 0);
    const { report } = trained;
    expect(report.backend.name).toBe('simd');
    expect(report.backend.why).toContain('WebGPU is not used: its device failed during this run.');
    expect(report.remarks).toEqual(expect.arrayContaining([...texts]));
    expect(report.curve.map(({ epoch }) => epoch)).toEqual([0, 1, 2, 3, 4, 5, 6]);
    expect(report.curve.every(({ loss }) => loss === null || Number.isFinite(loss))).toBe(true);
    const [first = 0, last = 0] = [report.firstLosses[0], report.curve.at(-1)?.loss ?? undefined];
    expect(last).toBeLessThan(first);
    expect(finite(trained)).toBe(true);
  }, 120_000);

  it('before the first step: it begins again', async () => {
    let destroyed = false;
    const { trained, texts, backends } = await run({ epochs: 1 }, (event) => {
      if (destroyed || event.kind !== 'split') return;
      destroyed = true;
      device().destroy();
    });
    expect(backends).toEqual(['webgpu', 'simd']);
    expect(texts[0]).toMatch(/ The run began again with WebAssembly SIMD in place of WebGPU\.$/);
    expect(trained.report.curve.map(({ epoch }) => epoch)).toEqual([0, 1]);
  }, 120_000);

  it('while it is paused: it waits, and goes on when it is resumed', async () => {
    const control = new RunControl();
    let paused = 0;
    const { trained, statuses } = await run(
      { epochs: 3, weightAveraging: 0.9 },
      (event) => {
        if (event.kind === 'epochs' && event.latest.epoch === 1) control.pause();
        if (event.kind !== 'status' || event.status !== 'paused') return;
        paused += 1;
        if (paused === 1) device().destroy();
        else setTimeout(() => control.resume(), 50);
      },
      control,
    );
    expect(statuses).toEqual([
      'preparing',
      'running',
      'paused',
      'preparing',
      'paused',
      'preparing',
      'running',
    ]);
    expect(trained.report.curve.map(({ epoch }) => epoch)).toEqual([0, 1, 2, 3]);
  }, 120_000);

  it('and the run is stopped: the best so far is the result', async () => {
    const control = new RunControl();
    const { trained } = await run(
      { epochs: 400 },
      (event) => {
        if (event.kind !== 'epochs' || event.latest.epoch < 1) return;
        if (control.stopped) return;
        control.stop();
        device().destroy();
      },
      control,
    );
    expect(trained.report.stopped).toBe(true);
    expect(finite(trained)).toBe(true);
  }, 120_000);
});

const createBuffer = GPUDevice.prototype.createBuffer;

describe('a device with too little memory', () => {
  afterEach(() => {
    GPUDevice.prototype.createBuffer = createBuffer;
  });

  /** Buffers larger than `most` bytes fail as on a full device: nothing is thrown, an error is told. */
  function allowBuffersOf(most: number): void {
    GPUDevice.prototype.createBuffer = function (this: GPUDevice, how: GPUBufferDescriptor): GPUBuffer {
      if (how.size > most) {
        const error = new GPUOutOfMemoryError('Not enough memory left.');
        const event = new GPUUncapturedErrorEvent('uncapturederror', { error });
        setTimeout(() => this.dispatchEvent(event)); // as a browser does: later
      }
      return createBuffer.call(this, how);
    };
  }

  it('trains on smaller parts of a batch there, and says so', async () => {
    let told = false;
    const { trained, texts, backends } = await run({ epochs: 1, batchSize: 32 }, (event) => {
      if (event.kind === 'rolled-back') {
        told = true;
        GPUDevice.prototype.createBuffer = createBuffer; // parts fit
      }
      if (event.kind === 'epochs' && event.latest.epoch === 0 && !told) allowBuffersOf(400_000);
    });
    expect(backends).toEqual(['webgpu', 'webgpu']);
    expect(texts).toHaveLength(1);
    expect(texts[0]).toMatch(
      /^The graphics device has too little memory for 32 photos at a time\. The run began again with 16 at a time: /,
    );
    expect(trained.report.backend.name).toBe('webgpu');
    expect(trained.report.remarks).toContain(texts[0]);
    expect(trained.report.curve.map(({ epoch }) => epoch)).toEqual([0, 1]);
    expect(finite(trained)).toBe(true);
  }, 120_000);

  it('goes on elsewhere when parts of eight photos are too many', async () => {
    const { trained, texts, backends } = await run({ epochs: 1, batchSize: 16 }, (event) => {
      if (event.kind === 'epochs' && event.latest.epoch === 0) allowBuffersOf(1000);
    });
    expect(backends).toEqual(['webgpu', 'webgpu', 'simd']);
    expect(texts).toHaveLength(2);
    expect(texts[1]).toMatch(/too little memory for this\. .* with WebAssembly SIMD in place of WebGPU\.$/);
    expect(trained.report.backend.name).toBe('simd');
  }, 120_000);
});

it('memory that the page shares with a device is refused by an exception', async () => {
  await startBackend('webgpu');
  const refused = Promise.reject(new RangeError('createBuffer failed, size (1073741824) is too large'));
  await expect(unlessDeviceFails('webgpu', refused)).rejects.toMatchObject({
    name: 'DeviceFault',
    reason: 'memory',
  });
});

it('a browser without a WebGPU adapter is told in words', async () => {
  const { requestAdapter } = GPU.prototype;
  GPU.prototype.requestAdapter = async () => null;
  try {
    await expect(startBackend('webgpu')).rejects.toThrow('the browser offers no WebGPU device');
    await expect(run({}, () => {})).rejects.toThrow(
      'WebGPU cannot be used: the browser offers no WebGPU device.',
    );
  } finally {
    GPU.prototype.requestAdapter = requestAdapter;
  }
});
