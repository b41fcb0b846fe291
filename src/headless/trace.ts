import type { Connection } from '../client/connect.ts';
import type { TrainingConfig } from '../config/training-config.ts';
import type { SourceFile } from '../domain/faces.ts';
import type { TraceReport } from '../domain/trace.ts';
import { present } from '../lib/assert.ts';
import type { HeadlessTraceFiles, HeadlessTraceInit } from '../protocol/headless.ts';
import type { TrainerCalls } from '../protocol/trainer.ts';

/** Traces, as the terminal asks for them. */

export type Trainer = Connection<TrainerCalls>;

export async function traceInit(trainer: Trainer, request: HeadlessTraceInit): Promise<HeadlessTraceFiles> {
  const made = await trainer.call('traceInit', request);
  const { config, notes } = made;
  return { config, notes, init: URL.createObjectURL(made.init), batches: URL.createObjectURL(made.batches) };
}

/** @param chosen the files of an input of the page */
export function trace(
  trainer: Trainer,
  config: TrainingConfig,
  chosen: (input: string) => readonly SourceFile[],
): Promise<TraceReport> {
  const only = (input: string): File => present(chosen(input)[0], 'a file of the trace').file;
  return trainer.call('trace', { config, init: only('#trace-init'), batches: only('#trace-batches') });
}
