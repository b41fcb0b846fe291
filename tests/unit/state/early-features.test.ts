import { beforeAll, beforeEach, expect, it, vi } from 'vitest';
import type { WorkerLike } from '../../../src/client/connect.ts';
import { presets } from '../../../src/config/presets.ts';
import { sampleId } from '../../../src/lib/brand.ts';
import type { CallMap } from '../../../src/protocol/envelope.ts';
import type { IngestCalls, IngestEvent } from '../../../src/protocol/ingest.ts';
import type { RecogniserCalls, RecogniserEvent } from '../../../src/protocol/recognise.ts';
import type { TrainerCalls, TrainerEvent } from '../../../src/protocol/trainer.ts';
import { dataStore, initialData } from '../../../src/state/data/data-store.ts';
import { earlyFeaturesStore, startEarlyFeatures } from '../../../src/state/early-features.ts';
import { eventHandlers } from '../../../src/state/on-event.ts';
import { settingsStore } from '../../../src/state/settings/settings-store.ts';
import { occupyTrainer } from '../../../src/state/trainer-task.ts';
import { openConnections } from '../../../src/state/worker-connections.ts';

const silent = <C extends CallMap<C>, E>(): WorkerLike<C, E> => ({
  ...{ onmessage: null, onerror: null, onmessageerror: null, terminate: () => {}, postMessage: () => {} },
});

/** Number of faces of each call to the trainer. */
let asked: number[] = [];
let answer: (faces: number) => number | null = (faces) => faces;

function trainer(): WorkerLike<TrainerCalls, TrainerEvent> {
  const worker: WorkerLike<TrainerCalls, TrainerEvent> = {
    ...silent<TrainerCalls, TrainerEvent>(),
    postMessage: (message) => {
      if (message.kind !== 'call' || message.name !== 'computeFeatures') return;
      const { faces } = message.args as TrainerCalls['computeFeatures']['args'];
      asked.push(faces.length);
      const data = { kind: 'result', id: message.id, value: answer(faces.length) } as const;
      queueMicrotask(() =>
        worker.onmessage?.({ data } as Parameters<NonNullable<typeof worker.onmessage>>[0]),
      );
    },
  };
  return worker;
}

let next = 0;
/** An import brings so many faces of a person. */
function bring(count: number): void {
  const faces = Array.from({ length: count }, () => {
    const id = sampleId(`face ${next++}`);
    const image = new Blob(['png']);
    return { id, path: `${id}.jpg`, label: 'Ada', image, flags: [], faceWidth: 80 };
  });
  eventHandlers.ingest({ kind: 'results', faces, rejected: [] });
}

const importing = (running: boolean): void =>
  dataStore.setState({
    intake: running
      ? { status: 'running', doing: '', done: 0, total: 0, photosPerSecond: 0, secondsLeft: null }
      : { status: 'idle' },
  });

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
});
beforeEach(() => {
  settingsStore.setState({ form: presets.finetune });
  dataStore.setState(initialData);
  settingsStore.setState({ form: presets.quick });
  asked = [];
  answer = (faces) => faces;
});

it('computes in pieces while photos are imported, and the rest at the end', async () => {
  importing(true);
  bring(40);
  expect(asked).toEqual([]);
  bring(40);
  await vi.waitFor(() => expect(asked).toEqual([64]));
  importing(false);
  await vi.waitFor(() => expect(earlyFeaturesStore.getState().progress).toEqual({ ready: 80, total: 80 }));
  expect(asked).toEqual([64, 16]);
});

it('computes nothing for settings that train from images, nor while the trainer is busy', async () => {
  settingsStore.setState({ form: presets.finetune });
  bring(5);
  expect([asked, earlyFeaturesStore.getState().progress]).toEqual([[], null]);
  await occupyTrainer('training', async () => {
    settingsStore.setState({ form: presets.quick });
    expect(asked).toEqual([]);
  });
  await vi.waitFor(() => expect(asked).toEqual([5]));
});

it('goes on after something came between, such as an export', async () => {
  let times = 0;
  answer = (faces) => (times++ === 0 ? null : faces);
  bring(5);
  await vi.waitFor(
    () => expect(earlyFeaturesStore.getState().progress).toEqual({ ready: 5, total: 5 }),
    3000,
  );
  expect(asked).toEqual([5, 5]);
});

it('does not try again and again where features cannot be kept', async () => {
  answer = () => 0;
  bring(5);
  await vi.waitFor(() => expect(asked).toEqual([5]));
  bring(5);
  await new Promise((resolve) => setTimeout(resolve, 20));
  expect(asked).toEqual([5]);
});
