import { beforeAll, beforeEach, expect, it, vi } from 'vitest';
import type { WorkerLike } from '../../../src/client/connect.ts';
import { presets } from '../../../src/config/presets.ts';
import type { WrongFace } from '../../../src/domain/wrong-face.ts';
import { personId, sampleId } from '../../../src/lib/brand.ts';
import type { CallMap } from '../../../src/protocol/envelope.ts';
import type { IngestCalls, IngestEvent } from '../../../src/protocol/ingest.ts';
import type { RecogniserCalls, RecogniserEvent } from '../../../src/protocol/recognise.ts';
import type { TrainerCalls, TrainerEvent } from '../../../src/protocol/trainer.ts';
import { dataStore, initialData } from '../../../src/state/data/data-store.ts';
import { wrongFacesStore } from '../../../src/state/data/wrong-faces.ts';
import { startEarlyFeatures } from '../../../src/state/early-features.ts';
import { eventHandlers } from '../../../src/state/on-event.ts';
import { settingsStore } from '../../../src/state/settings/settings-store.ts';
import { openConnections } from '../../../src/state/worker-connections.ts';
import { startWrongFaceSearch } from '../../../src/state/wrong-face-search.ts';

const silent = <C extends CallMap<C>, E>(): WorkerLike<C, E> => ({
  ...{ onmessage: null, onerror: null, onmessageerror: null, terminate: () => {}, postMessage: () => {} },
});

/** Ids of the faces of each call. */
let asked: string[][] = [];
let answer: readonly WrongFace[] | null = [];

function trainer(): WorkerLike<TrainerCalls, TrainerEvent> {
  const worker: WorkerLike<TrainerCalls, TrainerEvent> = {
    ...silent<TrainerCalls, TrainerEvent>(),
    postMessage: (message) => {
      if (message.kind !== 'call') return;
      const { faces } = message.args as TrainerCalls['findWrongFaces']['args'];
      const wrong = message.name === 'findWrongFaces';
      if (wrong) asked.push(faces.map(({ id }) => id));
      const data = { kind: 'result', id: message.id, value: wrong ? answer : faces.length } as const;
      queueMicrotask(() =>
        worker.onmessage?.({ data } as Parameters<NonNullable<typeof worker.onmessage>>[0]),
      );
    },
  };
  return worker;
}

/** An import brings these faces of Ada. */
function bring(...ids: string[]): void {
  const faces = ids.map((id) => ({
    ...{ id: sampleId(id), path: `${id}.jpg`, label: 'Ada', image: new Blob(['png']), flags: [] },
    faceWidth: 80,
    ...(id.endsWith('copy') && { copyOf: [sampleId(id.replace(' copy', ''))] }),
  }));
  eventHandlers.ingest({ kind: 'results', faces, rejected: [] });
}

beforeAll(() => {
  openConnections(
    {
      ingest: () => silent<IngestCalls, IngestEvent>(),
      trainer,
      recogniser: () => silent<RecogniserCalls, RecogniserEvent>(),
    },
    eventHandlers,
  );
  startEarlyFeatures();
  startWrongFaceSearch();
});
beforeEach(() => {
  dataStore.setState(initialData);
  settingsStore.setState({ form: presets.quick });
  asked = [];
});

it('compares photos once their features are there, of copies one, and keeps what is found', async () => {
  answer = [{ id: sampleId('b'), person: personId('person:Ada'), looksLike: null }];
  bring('a', 'a copy', 'b');
  await vi.waitFor(() => expect(wrongFacesStore.getState().found).toEqual(answer));
  expect(asked).toEqual([['a', 'b']]);
});

it('looks again with the next change where a run came between', async () => {
  answer = null;
  bring('c');
  await vi.waitFor(() => expect(asked).toEqual([['c']]));
  answer = [];
  bring('d');
  await vi.waitFor(() => expect(wrongFacesStore.getState().found).toEqual([]));
  expect(asked.at(-1)).toEqual(['c', 'd']);
});

it('compares nothing with settings for which no features are computed', async () => {
  settingsStore.setState({ form: presets.finetune });
  bring('e');
  await new Promise((resolve) => setTimeout(resolve, 20));
  expect(asked).toEqual([]);
});
