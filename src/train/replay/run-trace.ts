import type { TrainingConfig } from '../../config/training-config.ts';
import type { TraceReport } from '../../domain/trace.ts';
import { unlessDeviceFails } from '../../engine/selection/device-fault.ts';
import { selectBackend } from '../../engine/selection/select-backend.ts';
import { Safetensors } from '../../lib/binary/safetensors.ts';
import { throwIfAborted } from '../../lib/problem.ts';
import { benchmarkJob } from '../task/benchmark.ts';
import { traceLosses } from './trace.ts';
import { deterministic } from './trace-settings.ts';

export interface TraceRequest {
  readonly config: TrainingConfig;
  /** Safetensors files as TraceFiles describes them. */
  readonly init: Blob;
  readonly batches: Blob;
}

/** Trains on exactly such weights and batches, on the configured backend. @throws ProblemError, CancelledError */
export async function runTrace(
  request: TraceRequest,
  signal: AbortSignal,
  onProgress: (done: number, total: number) => void,
): Promise<TraceReport> {
  const { config, notes } = deterministic(request.config);
  const files = {
    init: await Safetensors.open(request.init, 'init.safetensors'),
    batches: await Safetensors.open(request.batches, 'batches.safetensors'),
  };
  const backend = await selectBackend(config.backend, benchmarkJob(config, signal));
  const losses: number[] = [];
  const steps = async (): Promise<void> => {
    for await (const { loss, done, total } of traceLosses(config, files)) {
      throwIfAborted(signal);
      losses.push(loss);
      onProgress(done, total);
    }
  };
  await unlessDeviceFails(backend.name, steps());
  return { backend, losses, notes };
}
