import { type Command, overlap, type Value } from './command.ts';

/** Drops launches whose results nobody reads. */
export function withoutUnused(commands: readonly Command[]): Command[] {
  const needed = new Set<Value>();
  const kept: Command[] = [];
  for (const command of [...commands].reverse()) {
    const useful = command.uses.some(({ value, writes }) => writes && (value.place || needed.has(value)));
    if (!useful) continue;
    for (const { value } of command.uses) needed.add(value);
    kept.push(command);
  }
  return kept.reverse();
}

/**
 * Computes values that are only copied somewhere where they are copied to, and drops the copies: the gradients, which are
 * gathered in one buffer.
 */
export function withoutCopies(commands: readonly Command[]): Command[] {
  const dropped = new Set<Command>();
  commands.forEach((copy, at) => {
    if (copy.kind !== 'copy') return;
    const [{ value: from }, { value: to }] = copy.uses;
    const target = to.place;
    if (from.place || !target || from.bytes !== to.bytes) return;
    const users = commands.flatMap((command, i) =>
      command.uses.some(({ value }) => value === from) ? [i] : [],
    );
    const [first, last] = [Math.min(...users), Math.max(...users)];
    // Until the value is dead, nobody else may use the place; and no launch may both read and write one buffer.
    const free = commands.slice(first, last + 1).every((command, i) => {
      const others = command.uses.filter(({ value }) => value !== from && value !== to);
      const shares = others.some(({ value }) => value.place && overlap(value.place, target));
      const mixes = users.includes(first + i) && mixedUse(command, from, target.buffer);
      return first + i === at || (!shares && !mixes);
    });
    if (!free) return;
    from.place = target;
    dropped.add(copy);
  });
  return commands.filter((command) => !dropped.has(command));
}

/** Whether a launch would read one part of a buffer and write another, which WebGPU forbids. */
function mixedUse({ uses }: Command, from: Value, buffer: GPUBuffer): boolean {
  const own = uses.find(({ value }) => value === from)?.writes ?? false;
  return uses.some(({ value, writes }) => value.place?.buffer === buffer && writes !== own);
}
