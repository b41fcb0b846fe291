import { ProblemError, throwIfAborted } from '../lib/problem.ts';
import type { Handlers } from '../protocol/envelope.ts';
import type { RecogniserCalls, RecogniserEvent } from '../protocol/recognise.ts';
import { FrameReader } from '../recognise/frame.ts';
import { readGallery, writeGallery } from '../recognise/gallery-file.ts';
import { Recogniser } from '../recognise/recogniser.ts';

/** Answers the calls of the recogniser's protocol, one after the other: they share one model. */
export function createRecogniser(emit: (event: RecogniserEvent) => void): Handlers<RecogniserCalls> {
  let open: Recogniser | null = null;
  const frames = new FrameReader();
  let turn: Promise<unknown> = Promise.resolve();

  /** Does what the model or the gallery is needed for when all calls before it are done. */
  function inTurn<T>(signal: AbortSignal, work: () => Promise<T>): Promise<T> {
    const mine = turn.then(() => {
      throwIfAborted(signal);
      return work();
    });
    turn = mine.catch(() => {}); // its own caller is told
    return mine;
  }

  function opened(): Recogniser {
    if (open) return open;
    throw new ProblemError('No model is open.', 'Open a model first.');
  }
  const withModel = <T>(signal: AbortSignal, work: (recogniser: Recogniser) => Promise<T>): Promise<T> =>
    inTurn(signal, async () => work(opened()));

  return {
    open: ({ model }, signal) =>
      inTurn(signal, async () => {
        const fresh = await Recogniser.open(model, signal, (done, total) =>
          emit({ kind: 'loading', done, total }),
        );
        open?.dispose();
        open = fresh;
        return { model: fresh.model.about, people: fresh.gallery.people() };
      }),

    setThreshold: async ({ cosine }) => {
      if (!(cosine >= -1 && cosine <= 1)) {
        throw new ProblemError('The threshold is no cosine.', 'Give a number from -1 to 1.');
      }
      opened().threshold = cosine;
      return null;
    },

    enrol: ({ name, photos, aligned }, signal) =>
      withModel(signal, async (recogniser) => {
        const result = await recogniser.enrol(name, photos, aligned, signal);
        return { people: recogniser.gallery.people(), ...result };
      }),

    remove: ({ person }, signal) =>
      withModel(signal, async (recogniser) => {
        recogniser.remove(person);
        return { people: recogniser.gallery.people() };
      }),

    undo: (_, signal) =>
      withModel(signal, async (recogniser) => {
        recogniser.undo();
        return { people: recogniser.gallery.people() };
      }),

    saveGallery: (_, signal) => withModel(signal, async ({ gallery, model }) => writeGallery(gallery, model)),

    loadGallery: ({ file }, signal) =>
      withModel(signal, async (recogniser) => {
        recogniser.gallery = await readGallery(file, recogniser.model);
        return { people: recogniser.gallery.people() };
      }),

    recognise: ({ photo }, signal) => withModel(signal, (recogniser) => recogniser.recognise(photo, signal)),

    compare: ({ first, second }, signal) =>
      withModel(signal, (recogniser) => recogniser.compare(first, second, signal)),

    frame: async ({ frame, first }, signal) => {
      const picture = frames.read(frame);
      return withModel(signal, (recogniser) => recogniser.frame(picture, first, signal));
    },

    face: ({ photo, box }, signal) => withModel(signal, (recogniser) => recogniser.face(photo, box)),
  };
}
