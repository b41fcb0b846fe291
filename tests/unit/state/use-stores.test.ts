import { beforeEach, expect, it } from 'vitest';
import type { WorkerLike } from '../../../src/client/connect.ts';
import { galleryPersonId } from '../../../src/lib/brand.ts';
import type { ToWorker } from '../../../src/protocol/envelope.ts';
import type { RecogniserCalls, RecogniserEvent } from '../../../src/protocol/recognise.ts';
import { eventHandlers } from '../../../src/state/on-event.ts';
import { problemStore } from '../../../src/state/problems.ts';
import { loadGallery } from '../../../src/state/use/gallery-actions.ts';
import { openPretrained } from '../../../src/state/use/model-actions.ts';
import {
  cancelNaming,
  initialPhotos,
  nameAgain,
  nameTheRest,
  photoStore,
  setPhotos,
} from '../../../src/state/use/photo-store.ts';
import {
  initialRecogniser,
  occupy,
  recogniserStore,
  whenFree,
} from '../../../src/state/use/recogniser-store.ts';
import { openConnections } from '../../../src/state/worker-connections.ts';

type Message = ToWorker<RecogniserCalls>;
type Fake = WorkerLike<RecogniserCalls, RecogniserEvent>;

/** Calls that wait for {@link answer}. */
let waiting: Extract<Message, { kind: 'call' }>[] = [];
let worker: Fake | null = null;

function start(): Fake {
  const fresh: Fake = {
    onmessage: null,
    onerror: null,
    onmessageerror: null,
    terminate: () => {},
    postMessage: (message) => {
      if (message.kind === 'call') waiting.push(message);
      else reply({ kind: 'failure', id: message.id, problem: 'cancelled' });
    },
  };
  worker = fresh;
  return fresh;
}
const reply = (data: Parameters<NonNullable<Fake['onmessage']>>[0]['data']): void =>
  worker?.onmessage?.(new MessageEvent('message', { data }));
const settle = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 0));

/** Answers the oldest call, and lets everything happen that follows. */
async function answer(value: RecogniserCalls[keyof RecogniserCalls]['result']): Promise<void> {
  const call = waiting.shift();
  if (!call) throw new Error('no call is waiting');
  reply({ kind: 'result', id: call.id, value });
  await settle();
}

const people = [{ id: galleryPersonId('1'), name: 'Ada', faces: 3 }];
const model = {
  name: 'MobileFaceNet',
  embeddingSize: 192,
  trained: false,
  people: { trained: 0, enrolled: 0 },
  threshold: { cosine: 0.4, operatingPoint: null, rates: null },
  pairs: { threshold: 0.3, points: [] },
};
const empty = { width: 10, height: 10, faces: [] };
const sources = ['1.png', '2.png'].map((path) => ({ path, file: new File(['x'], path) }));
const freshness = (): boolean[] => photoStore.getState().rows.map(({ fresh }) => fresh);

async function open(): Promise<void> {
  void openPretrained();
  await settle();
  await answer({ model, people });
}

beforeEach(() => {
  waiting = [];
  recogniserStore.setState(initialRecogniser, true);
  photoStore.setState(initialPhotos, true);
  problemStore.setState({ problems: [] });
  const unused = (): never => {
    throw new Error('not needed');
  };
  openConnections({ ingest: unused, trainer: unused, recogniser: start }, eventHandlers);
});

it('the threshold and the people are those of the model', async () => {
  await open();
  expect(recogniserStore.getState()).toMatchObject({ threshold: 0.4, people, unsaved: false, busy: null });
});

it('photos wait for a model, are named one at a time, and again when the gallery has changed meanwhile', async () => {
  void setPhotos(sources);
  await settle();
  expect(waiting).toEqual([]);
  await open();
  expect(waiting.map(({ name }) => name)).toEqual(['recognise']);
  nameAgain();
  await answer(empty);
  expect(freshness()).toEqual([false, false]);
  expect(photoStore.getState().rows[0]?.result).toEqual({ kind: 'named', photo: empty });
  await answer(empty);
  await answer(empty);
  expect(freshness()).toEqual([true, true]);
  expect(photoStore.getState().running).toBe(false);
});

it('naming that was stopped goes on where it was', async () => {
  await open();
  void setPhotos(sources);
  await settle();
  await answer(empty);
  cancelNaming();
  await settle();
  expect(freshness()).toEqual([true, false]);
  waiting = [];
  void nameTheRest();
  await settle();
  await answer(empty);
  expect(freshness()).toEqual([true, true]);
});

it('a damaged gallery changes nothing', async () => {
  await open();
  const before = recogniserStore.getState();
  const loading = loadGallery(new File(['x'], 'gallery.json'));
  await settle();
  const problem = { what: 'The gallery is damaged.', remedy: 'Choose another file.' };
  reply({ kind: 'failure', id: waiting.shift()?.id ?? 0, problem });
  expect(await loading).toBe(false);
  expect(recogniserStore.getState()).toEqual(before);
  expect(problemStore.getState().problems).toMatchObject([problem]);
});

it('changes one thing at a time', async () => {
  let finish = (): void => {};
  const first = occupy('One', () => new Promise((resolve) => (finish = resolve)));
  expect(await occupy('Other', async () => {})).toBe(false);
  const free = whenFree().then(() => recogniserStore.getState().busy);
  finish();
  expect([await first, await free]).toEqual([true, null]);
});

it('a recogniser that dies takes model and gallery with it, and says so', async () => {
  await open();
  worker?.onerror?.({ message: 'out of memory', preventDefault: () => {} } as ErrorEvent);
  expect(recogniserStore.getState()).toEqual(initialRecogniser);
  expect(problemStore.getState().problems[0]?.what).toMatch(/stopped unexpectedly \(out of memory\)/);
});
