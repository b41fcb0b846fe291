import { beforeEach, expect, it } from 'vitest';
import type { WorkerLike } from '../../../src/client/connect.ts';
import { personId } from '../../../src/lib/brand.ts';
import type { FromWorker, ToWorker } from '../../../src/protocol/envelope.ts';
import type { IngestCalls, IngestEvent, IngestSummary, Survey } from '../../../src/protocol/ingest.ts';
import { addFiles, clearData } from '../../../src/state/data/data-actions.ts';
import { dataStore, initialData, undo } from '../../../src/state/data/data-store.ts';
import { openConnections } from '../../../src/state/worker-connections.ts';

const survey: Survey = { selection: 1, files: 1, labelChoices: [], alignedSize: null };
const summary: IngestSummary = { files: 1, faces: 1, rejected: 0, seconds: 0 };
let calls: string[] = [];

/** Answers every call at once and writes down its name. */
function answering(): WorkerLike<IngestCalls, IngestEvent> {
  const worker: WorkerLike<IngestCalls, IngestEvent> = {
    onmessage: null,
    onerror: null,
    onmessageerror: null,
    terminate: () => {},
    postMessage: (message: ToWorker<IngestCalls>) => {
      if (message.kind !== 'call') return;
      calls.push(message.name);
      const value = { survey, ingest: summary, receive: null, reset: null }[message.name];
      const data: FromWorker<IngestCalls, IngestEvent> = { kind: 'result', id: message.id, value };
      queueMicrotask(() => worker.onmessage?.(new MessageEvent('message', { data })));
    },
  };
  return worker;
}

const snapshot = {
  people: [{ id: personId('Ada'), name: 'Ada', labels: ['Ada'], faces: [] }],
  rejected: [],
};
const add = (): Promise<void> => addFiles([new File(['x'], 'x.png')], 'Ada');

beforeEach(() => {
  calls = [];
  dataStore.setState({ ...initialData, snapshot }, true);
  openConnections(
    {
      ingest: answering,
      trainer: () => {
        throw new Error('not needed');
      },
      recogniser: () => {
        throw new Error('not needed');
      },
    },
    { ingest: () => {}, trainer: () => {}, recogniser: () => {}, recogniserDied: () => {} },
  );
});

it('everything that was cleared comes back by one undo, and still counts as a duplicate of what is added then', async () => {
  clearData();
  expect(dataStore.getState().snapshot.people).toEqual([]);
  undo();
  expect(dataStore.getState().snapshot).toBe(snapshot);
  await add();
  expect(calls).toEqual(['survey', 'ingest']);
});

it('what was cleared for good is forgotten before anything else is added', async () => {
  clearData();
  await add();
  await add();
  expect(calls).toEqual(['reset', 'survey', 'ingest', 'survey', 'ingest']);
});
