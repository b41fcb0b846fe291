import type { GpuBackend } from '../host/backend.ts';
import { gridOf, type Program, paramBytes } from '../host/program.ts';
import type { Command, Launch, Value } from './command.ts';
import code from './merged-sums.wgsl?raw';
import { STORAGE } from './recorder.ts';

/** The kernel that kernels/product/sum-partials.ts launches, which is looked for here. */
const SUM = 'sum-partials';
/** Sums of one workgroup. */
const BLOCK = 256;
/** Places in a buffer must be multiples of this many bytes. */
const ALIGNED = 256;

interface Sum {
  readonly launch: Launch;
  readonly partials: Value;
  readonly result: Value;
  /** Of one partial result, in numbers. */
  readonly length: number;
  readonly count: number;
}

/**
 * Filter gradients are computed in parts that are summed up by a launch for each. The sums that end in one buffer and are
 * not read before a later launch takes that whole buffer (the optimiser's, or the one for their norm) are put into one
 * launch in front of it, in the same order of addition. The parts of all of them are then kept in one buffer.
 */
export function mergeSums(
  backend: GpuBackend,
  commands: readonly Command[],
): { readonly commands: Command[]; readonly owned: GPUBuffer[] } {
  const placed = commands.flatMap((command) => sumOf(command)?.result.place?.buffer ?? []);
  const target = placed[0]; // the gradients lie in one buffer
  const reader = commands.findIndex(
    (command) =>
      !sumOf(command) &&
      command.uses.some(({ value, writes }) => !writes && target && value.place?.buffer === target),
  );
  const sums = commands.slice(0, Math.max(0, reader)).flatMap((command) => {
    const sum = sumOf(command);
    return sum && sum.result.place?.buffer === target && !sum.partials.place ? [sum] : [];
  });
  const bytes = sums.reduce((total, { partials }) => total + aligned(partials.bytes), 0);
  const { maxStorageBufferBindingSize } = backend.device.limits;
  if (!target || sums.length < 2 || bytes > maxStorageBufferBindingSize)
    return { commands: [...commands], owned: [] };

  const { device } = backend;
  const parts = device.createBuffer({ size: bytes, usage: STORAGE });
  const table: number[] = [];
  let offset = 0;
  for (const { partials, result, length, count } of sums) {
    partials.place = { buffer: parts, offset, size: partials.bytes };
    for (let first = 0; first < length; first += BLOCK) {
      const to = (result.place?.offset ?? 0) / 4 + first;
      table.push(offset / 4 + first, to, length, count, Math.min(BLOCK, length - first));
    }
    offset += aligned(partials.bytes);
  }
  const blocks = device.createBuffer({ size: table.length * 4, usage: STORAGE });
  device.queue.writeBuffer(blocks, 0, new Uint32Array(table));
  const params = paramBytes({ u32: [table.length / 5] });
  const uniform = device.createBuffer({
    size: params.byteLength,
    usage: GPUBufferUsage.UNIFORM | GPUBufferUsage.COPY_DST,
  });
  device.queue.writeBuffer(uniform, 0, params);
  const whole = (buffer: GPUBuffer): Value => ({
    bytes: buffer.size,
    place: { buffer, offset: 0, size: buffer.size },
  });
  const program: Program = { name: 'merged-sums', code, workgroups: gridOf(table.length / 5), params: {} };
  const pipeline = backend.pipelines.get(program, { reads: 2, writes: 1, uniform: true }, false);
  const merged: Launch = {
    kind: 'launch',
    name: program.name,
    program,
    pipeline: pipeline.ready,
    layout: pipeline.layout,
    uses: [
      { value: whole(parts), writes: false },
      { value: whole(blocks), writes: false },
      { value: whole(target), writes: true },
    ],
    uniform,
    workgroups: program.workgroups,
  };
  const gone = new Set<Command>(sums.map(({ launch }) => launch));
  const rest = (part: readonly Command[]): Command[] => part.filter((command) => !gone.has(command));
  return {
    commands: [...rest(commands.slice(0, reader)), merged, ...commands.slice(reader)],
    owned: [parts, blocks, uniform],
  };
}

function sumOf(command: Command): Sum | null {
  if (command.kind !== 'launch' || command.name !== SUM || !command.program) return null;
  const [partials, result] = command.uses;
  const [length, count] = command.program.params?.u32 ?? [];
  if (!partials || !result || length === undefined || count === undefined) return null;
  return { launch: command, partials: partials.value, result: result.value, length, count };
}

const aligned = (bytes: number): number => Math.ceil(bytes / ALIGNED) * ALIGNED;
