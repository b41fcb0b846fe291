import { cpus } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';

function times(): { readonly idle: number; readonly whole: number } {
  const all = cpus().map(({ times: t }) => ({
    idle: t.idle,
    whole: t.user + t.nice + t.sys + t.irq + t.idle,
  }));
  const sum = (pick: 'idle' | 'whole'): number => all.reduce((total, cpu) => total + cpu[pick], 0);
  return { idle: sum('idle'), whole: sum('whole') };
}

/**
 * The share of all cores that is in use while nobody was asked to compute, 0 to 1: other programs, or contenders that
 * do not rest. What is measured beside much of it says little.
 */
export async function busyShare(ms = 700): Promise<number> {
  const before = times();
  await sleep(ms);
  const after = times();
  const whole = after.whole - before.whole;
  return whole > 0 ? Math.max(0, 1 - (after.idle - before.idle) / whole) : 0;
}

/** Above this the table warns. */
export const BUSY = 0.1;
