import { type NearCopies, SIGNATURE_EDGE, type Signature, signatureOf } from '../dataset/near-copies.ts';
import type { IngestedFace, RejectedFile, RejectReason } from '../domain/faces.ts';
import { type SampleId, sampleId } from '../lib/brand.ts';
import { CancelledError, throwIfAborted } from '../lib/problem.ts';
import { type Decoded, decode } from './decode/decode.ts';
import type { Item } from './files/walk.ts';
import { base, type ImagePyramid, sample } from './image-pyramid.ts';
import type { Crop, Outcome } from './photo.ts';
import { contentHash, toPng } from './png.ts';

/** Photos decoded ahead of the one whose face is being detected: this many decoded images are in memory. */
const AHEAD = 3;
/** Faces being encoded while the next photo is processed. */
const PACKING = 8;

export type FileResult =
  | { readonly kind: 'face'; readonly face: IngestedFace }
  | { readonly kind: 'rejected'; readonly file: RejectedFile };

export interface PipelineOptions {
  readonly items: readonly Item[];
  /** The label that a photo gets, from the one its folder gives. */
  readonly labelFor: (item: Item) => string | null;
  /** Hash of content -> path of the file that had it first; grows. */
  readonly seen: Map<string, string>;
  /** What faces are compared with to find near-copies; grows. */
  readonly copies: NearCopies<SampleId>;
  /** Detects and aligns the face of a decoded photo, or gives the reason why not. */
  readonly look: (picture: ImagePyramid) => Outcome;
  readonly signal: AbortSignal;
  /** Called for every file, in the order of `items`. */
  readonly onResult: (result: FileResult) => void;
}

/**
 * Turns files into aligned faces, streaming: the next few photos are decoded by the browser's threads while
 * the face of the present one is found here, and packed pictures leave in the order of the files. Memory holds a
 * few decoded pictures, however many files there are. One bad file becomes a rejected one and stops nothing.
 *
 * @throws CancelledError between two photos once the signal is given.
 */
export async function runPipeline(options: PipelineOptions): Promise<void> {
  const { items, signal, onResult } = options;
  const prepared: Promise<Decoded>[] = [];
  const packing: Promise<FileResult>[] = [];
  let hashTurn: Promise<unknown> = Promise.resolve();
  let next = 0;

  const prefetch = (): void => {
    while (next < items.length && prepared.length < AHEAD) {
      const item = items[next++];
      if (!item) break;
      // Hashes are compared in the order of the files, so that of two equal photos the first is kept.
      const before = hashTurn;
      const opened = open(item, options, before);
      hashTurn = opened.compared;
      prepared.push(opened.decoded);
    }
  };
  const deliver = async (most: number): Promise<void> => {
    while (packing.length > most) {
      const first = packing.shift();
      if (first) onResult(await first);
    }
  };

  for (const item of items) {
    throwIfAborted(signal);
    prefetch();
    const decoded = await prepared.shift();
    throwIfAborted(signal);
    prefetch();
    if (!decoded) throw new CancelledError();
    packing.push(
      pack(
        item,
        options.labelFor(item),
        options.copies,
        decoded.ok ? lookAt(decoded.picture, options) : rejection(decoded.reason),
        decoded.ok ? decoded.picture : null,
      ),
    );
    await deliver(PACKING);
  }
  await deliver(0);
}

/** Reads, compares and decodes one file; what goes wrong becomes its reason. */
function open(
  item: Item,
  { seen, signal }: PipelineOptions,
  before: Promise<unknown>,
): { readonly decoded: Promise<Decoded>; readonly compared: Promise<unknown> } {
  if (item.reason) return { decoded: Promise.resolve({ ok: false, reason: item.reason }), compared: before };
  const reading = (async () => {
    const bytes = await item.read(signal);
    const hash = await contentHash(bytes);
    await before;
    const first = hash === null ? undefined : seen.get(hash);
    if (first !== undefined) return { bytes, of: first };
    // What was read ahead before a cancellation is dropped, so it must not count as seen.
    if (hash !== null && !signal.aborted) seen.set(hash, item.path);
    return { bytes, of: null };
  })();
  const decoded = reading
    .then(({ bytes, of }): Decoded | Promise<Decoded> =>
      of === null ? decode(bytes) : { ok: false, reason: { kind: 'duplicate', of } },
    )
    .catch((thrown: unknown): Decoded => ({ ok: false, reason: unreadable(thrown) }));
  return { decoded, compared: reading.catch(() => before) };
}

function unreadable(thrown: unknown): RejectReason {
  const detail = thrown instanceof Error ? thrown.message : String(thrown);
  return { kind: 'damaged', detail: `it could not be read (${detail})` };
}

const rejection = (reason: RejectReason): Outcome => ({ kind: 'rejected', reason, alternatives: [] });

function lookAt(picture: ImagePyramid, { look }: PipelineOptions): Outcome {
  try {
    return look(picture);
  } catch (thrown) {
    // A bug that shows on one photo must not lose the others.
    console.error(thrown);
    return rejection(unreadable(thrown));
  }
}

/** Of the whole photo: the crop of its face is never quite the same again once the photo was encoded anew or mirrored. */
function photoSignature(picture: ImagePyramid): Signature {
  const { width, height } = base(picture);
  const map = { a: width / SIGNATURE_EDGE, b: 0, c: 0, d: 0, e: height / SIGNATURE_EDGE, f: 0 };
  return signatureOf(sample(picture, map, SIGNATURE_EDGE, { kind: 'edge' }));
}

async function pack(
  item: Item,
  label: string | null,
  copies: NearCopies<SampleId>,
  outcome: Outcome,
  picture: ImagePyramid | null,
): Promise<FileResult> {
  const id = sampleId(crypto.randomUUID?.() ?? `${Date.now()}-${Math.random()}`);
  const { path } = item;
  if (outcome.kind === 'face') {
    const { pixels, flags, faceWidth } = outcome.crop;
    const copyOf = picture ? copies.add(id, photoSignature(picture)) : [];
    const image = await toPng(pixels);
    const face = { id, path, label, image, flags, faceWidth, ...(copyOf.length > 0 && { copyOf }) };
    return { kind: 'face', face };
  }
  const alternatives = await Promise.all(
    outcome.alternatives.map(async (crop: Crop) => ({
      image: await toPng(crop.pixels),
      flag: crop.flags[0] ?? ('chosen' as const),
      faceWidth: crop.faceWidth,
    })),
  );
  return { kind: 'rejected', file: { id, path, label, reason: outcome.reason, alternatives } };
}
