import type { PresetName } from '../../config/training-config.ts';
import type { BackendReport } from '../../domain/backend.ts';
import type { RunStatus } from '../../state/run/run-store.ts';
import { plural } from '../common/format.ts';

export const PRESET_NAMES: Readonly<Record<PresetName, string>> = {
  quick: 'Quick',
  finetune: 'Fine-tune',
  scratch: 'From scratch',
};

export const STATUS_NAMES: Readonly<Record<RunStatus, string>> = {
  idle: 'Not started',
  preparing: 'Preparing',
  running: 'Training',
  paused: 'Paused',
  done: 'Finished',
  stopped: 'Stopped',
  failed: 'Failed',
};

export function describeBackend({ name, threads }: BackendReport): string {
  switch (name) {
    case 'simd':
      return `CPU (WebAssembly SIMD, ${plural(threads, 'thread', 'threads')})`;
    case 'cpu':
      return 'CPU (JavaScript)';
    case 'webgpu':
      return 'GPU (WebGPU)';
    case 'webgl':
      return 'GPU (WebGL)';
  }
}

/** An estimated time, no more exact than it is: `about 20 s`, `about 3 min`, `about 1.5 h`. */
export function roughly(seconds: number): string {
  if (seconds < 10) return `about ${Math.max(1, Math.round(seconds))} s`;
  if (seconds < 57.5) return `about ${5 * Math.round(seconds / 5)} s`;
  if (seconds < 570) return `about ${Math.max(1, Math.round(seconds / 60))} min`;
  if (seconds < 3450) return `about ${5 * Math.round(seconds / 300)} min`;
  return `about ${Number((seconds / 3600).toFixed(seconds < 36_000 ? 1 : 0))} h`;
}
