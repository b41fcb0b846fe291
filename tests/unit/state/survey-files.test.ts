import { expect, it } from 'vitest';
import { surveyFiles } from '../../../src/client/survey-files.ts';
import type { SourceFile } from '../../../src/domain/faces.ts';
import { createIngest } from '../../../src/ingest/service.ts';
import { CancelledError } from '../../../src/lib/problem.ts';
import type { CallMap, Handlers } from '../../../src/protocol/envelope.ts';
import type { IngestCalls } from '../../../src/protocol/ingest.ts';

/** Calls the service itself, without a worker between. */
function directly<C extends CallMap<C>>(handlers: Handlers<C>) {
  const messages: number[] = [];
  return {
    messages,
    call: <K extends keyof C>(name: K, args: C[K]['args'], signal = new AbortController().signal) => {
      messages.push((args as { readonly sources: readonly SourceFile[] }).sources.length);
      return handlers[name](args, signal);
    },
  };
}
const files = (count: number, folder: string): SourceFile[] =>
  Array.from({ length: count }, (_, i) => ({
    path: `${folder}/${i}.txt`,
    file: new File(['x'], `${i}.txt`),
  }));
const never = new AbortController().signal;

it('hands a large drop over in pieces and has it surveyed as one', async () => {
  const ingest = directly<IngestCalls>(createIngest(() => {}));
  const told: number[] = [];
  const survey = await surveyFiles(ingest, files(250, 'Ada'), never, (sent) => told.push(sent));
  expect(survey.files).toBe(250);
  expect(ingest.messages).toEqual([100, 100, 50]);
  expect(told).toEqual([100, 200]);
});

it('leaves nothing of a cancelled drop to the next', async () => {
  const ingest = directly<IngestCalls>(createIngest(() => {}));
  const abort = new AbortController();
  const cancelled = surveyFiles(ingest, files(250, 'Ada'), abort.signal, () => abort.abort());
  await expect(cancelled).rejects.toThrow(CancelledError);
  expect((await surveyFiles(ingest, files(3, 'Grace'), never, () => {})).files).toBe(3);
  expect((await surveyFiles(ingest, files(150, 'Grace'), never, () => {})).files).toBe(150);
});
