import type { Command, Value } from './command.ts';
import { STORAGE } from './recorder.ts';

/** Memory for values that live within a step. All recordings share it: only one of them runs at a time. */
export class Pool {
  private readonly device: GPUDevice;
  private readonly buffers: GPUBuffer[] = [];

  constructor(device: GPUDevice) {
    this.device = device;
  }

  /**
   * Gives every value that has no place yet one, so that no two that are needed at the same time share it: the largest
   * first, each into the smallest buffer that has room and is free while it lives (greedy by size: Pisarchyk & Lee,
   * arXiv 2001.03288, section 5.2).
   */
  place(commands: readonly Command[]): void {
    const taken = new Map<GPUBuffer, Lifetime[]>(this.buffers.map((buffer) => [buffer, []]));
    const lifetimes = [...lifetimesOf(commands)].sort(([a], [b]) => b.bytes - a.bytes);
    for (const [value, life] of lifetimes) {
      const fits = this.buffers
        .filter(({ size }) => size >= value.bytes)
        .sort((a, b) => a.size - b.size)
        .find((buffer) => (taken.get(buffer) ?? []).every((other) => apart(life, other)));
      const buffer = fits ?? this.add(value.bytes);
      taken.set(buffer, [...(taken.get(buffer) ?? []), life]);
      value.place = { buffer, offset: 0, size: value.bytes };
    }
  }

  get bytes(): number {
    return this.buffers.reduce((sum, { size }) => sum + size, 0);
  }

  dispose(): void {
    for (const buffer of this.buffers.splice(0)) buffer.destroy();
  }

  private add(bytes: number): GPUBuffer {
    const buffer = this.device.createBuffer({ size: Math.ceil(bytes / 256) * 256, usage: STORAGE });
    this.buffers.push(buffer);
    return buffer;
  }
}

/** Numbers of the first and the last command that uses a value. */
interface Lifetime {
  readonly first: number;
  last: number;
}

const apart = (a: Lifetime, b: Lifetime): boolean => a.last < b.first || b.last < a.first;

function lifetimesOf(commands: readonly Command[]): Map<Value, Lifetime> {
  const lifetimes = new Map<Value, Lifetime>();
  commands.forEach(({ uses }, at) => {
    for (const { value } of uses) {
      if (value.place) continue;
      const life = lifetimes.get(value);
      if (life) life.last = at;
      else lifetimes.set(value, { first: at, last: at });
    }
  });
  return lifetimes;
}
