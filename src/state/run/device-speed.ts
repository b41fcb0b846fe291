import { z } from 'zod';
import { createStore } from 'zustand/vanilla';
import { type Slowness, secondsAtDefaultSpeed, slownessKey, workOf } from './estimate.ts';
import type { Run } from './run-store.ts';
import { phasesOf } from './timing.ts';

/** What an earlier visit stored is parsed like everything from outside. */
const stored = z.record(z.string().max(80), z.number().positive().max(1e4));
const KEY = 'arcface-studio/slowness';

function recall(): Slowness {
  try {
    return stored.safeParse(JSON.parse(localStorage.getItem(KEY) ?? '{}')).data ?? {};
  } catch {
    return {}; // nothing can be stored here, or what is there is no JSON
  }
}

/** How long runs took on this device, in multiples of the default: see {@link estimateRun}. */
export const slownessStore = createStore<Slowness>(() => recall());

export const threadsOfDevice = (): number => navigator.hardwareConcurrency || 1;

/** Learns from a run that went to its end how fast this device is, for later estimates and visits. */
export function rememberSpeed(run: Run | null): void {
  if (run?.status !== 'done' || run.latest?.step !== run.totalSteps) return;
  const photos = run.data.rows.map(({ faces }) => faces.length);
  const expected = secondsAtDefaultSpeed(run.config, photos, threadsOfDevice());
  if (expected === null) return;
  const { total, paused } = phasesOf(run, performance.now());
  const key = slownessKey(run.config.backend, workOf(run.config));
  slownessStore.setState({ [key]: (total - paused) / expected });
  try {
    localStorage.setItem(KEY, JSON.stringify(slownessStore.getState()));
  } catch {
    // Learnt again on the next visit.
  }
}
