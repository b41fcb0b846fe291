import { expect, it } from 'vitest';
import { type DeviceClasses, DeviceCounter } from '../../../bench/workers/device-counter.ts';

const STORAGE = 0x80;
const UNIFORM = 0x40;

/** Stand-ins for WebGPU's classes, as far as counting needs them. */
function device() {
  let launched = 0;
  const classes = {
    device: {
      createBuffer: ({ size, usage }: { size: number; usage: number }) =>
        Object.assign(Object.create(classes.buffer), { size, usage }),
      createBindGroup: () => ({}),
    },
    buffer: { destroy: () => undefined },
    queue: { writeBuffer: () => undefined, submit: () => undefined },
    pass: { setBindGroup: () => undefined, dispatchWorkgroups: () => void launched++ },
  };
  // Only what the counter calls is there.
  return { classes: classes as unknown as DeviceClasses, launched: () => launched };
}

it('counts launches, bytes bound and uploaded, submits and the peak of the buffers', () => {
  const { classes, launched } = device();
  const counter = new DeviceCounter(classes, false);
  const { device: gpu, queue, pass } = classes;
  const a = gpu.createBuffer({ size: 100, usage: STORAGE });
  const b = gpu.createBuffer({ size: 40, usage: STORAGE, mappedAtCreation: true });
  const uniform = gpu.createBuffer({ size: 16, usage: UNIFORM });
  const layout = {} as GPUBindGroupLayout;
  const group = gpu.createBindGroup({
    layout,
    entries: [
      { binding: 0, resource: { buffer: a, offset: 20, size: 50 } },
      { binding: 1, resource: { buffer: b, offset: 8 } },
      { binding: 2, resource: { buffer: uniform } },
    ],
  });
  expect(counter.report()).toMatchObject({ bytesUploaded: 40, peakBytes: 156 });
  counter.restart();
  pass.setBindGroup(0, group);
  pass.dispatchWorkgroups(1);
  pass.dispatchWorkgroups(2);
  queue.writeBuffer(a, 0, new Float32Array(5));
  queue.writeBuffer(a, 0, new Float32Array(5), 2, 3);
  queue.submit([]);
  a.destroy();
  a.destroy();
  gpu.createBuffer({ size: 30, usage: STORAGE });
  expect(counter.report()).toEqual({
    dispatches: 2,
    submits: 1,
    bytesBound: 2 * (50 + 32),
    bytesUploaded: 20 + 12,
    peakBytes: 156,
  });
  expect(launched()).toBe(2);
});

it('counts without launching', () => {
  const { classes, launched } = device();
  const counter = new DeviceCounter(classes, true);
  classes.pass.dispatchWorkgroups(1);
  expect(counter.report().dispatches).toBe(1);
  expect(launched()).toBe(0);
});
