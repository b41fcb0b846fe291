import { z } from 'zod';
import { ProblemError } from '../lib/problem.ts';
import { cosineOf, dot } from '../lib/vectors.ts';
import { GALLERY_LIMITS, Gallery } from './gallery.ts';

const SCHEMA_VERSION = 1;
/** The most numbers that a gallery has, in base64, and room for names. */
const MAX_BYTES = 128 * 1024 * 1024;
/** Of a name before it is cleaned and cut. */
const MAX_NAME = 1000;
/** Cosine from which on two fingerprints are of one network: what backends differ by is below 1e-6. */
const SAME_MODEL = 0.9999;
/** Lengths of embeddings and fingerprints differ by this from 1 at most. */
const LENGTH_TOLERANCE = 1e-3;
const REMEDY = 'Choose a gallery that was saved on this page, as it was saved.';

/** Float32 numbers, little endian, in base64: 4 bytes a number. */
const numbers = z.string().max(Math.ceil((GALLERY_LIMITS.numbers * 4) / 3) * 4);

const gallerySchema = z.object({
  schemaVersion: z.literal(SCHEMA_VERSION),
  kind: z.literal('gallery'),
  embeddingSize: z.int().min(1).max(65536),
  model: z.object({
    name: z.string().max(MAX_NAME),
    /** [D]: see the `fingerprint` of an opened model. */
    fingerprint: numbers,
  }),
  people: z
    .array(
      z.object({
        name: z.string().max(MAX_NAME),
        /** [D], of a training; null where there was none. */
        centre: numbers.nullable(),
        /** [faces, D], row by row. */
        faces: numbers,
      }),
    )
    .max(GALLERY_LIMITS.people),
});

/** The model that a gallery belongs to: embeddings of another one mean something else. */
export interface GalleryModel {
  readonly name: string;
  readonly embeddingSize: number;
  /** [D], of length 1: what the network makes of a picture given by a formula. */
  readonly fingerprint: Float32Array;
}

/** A gallery as a JSON file: names and embeddings, neither photos nor file names. */
export function writeGallery(gallery: Gallery, model: GalleryModel): Blob {
  const content: z.infer<typeof gallerySchema> = {
    schemaVersion: SCHEMA_VERSION,
    kind: 'gallery',
    embeddingSize: gallery.dimension,
    model: { name: model.name.slice(0, MAX_NAME), fingerprint: toBase64([model.fingerprint]) },
    people: gallery.enrolled().map(({ name, centre, faces }) => ({
      name,
      centre: centre && toBase64([centre]),
      faces: toBase64(faces),
    })),
  };
  return new Blob([JSON.stringify(content)], { type: 'application/json' });
}

/**
 * Reads a gallery from a file that may come from anywhere.
 *
 * @throws ProblemError where it is no gallery, damaged, too large, of a newer version or of another model
 */
export async function readGallery(file: Blob, model: GalleryModel): Promise<Gallery> {
  if (file.size > MAX_BYTES) throw new ProblemError('The gallery file is larger than 128 MB.', REMEDY);
  const value = await parseJson(file);
  const version = z.object({ kind: z.literal('gallery'), schemaVersion: z.number() }).safeParse(value);
  if (!version.success) throw new ProblemError('The file is no gallery of this program.', REMEDY);
  if (version.data.schemaVersion > SCHEMA_VERSION) {
    throw new ProblemError(
      `The gallery was written by a newer version of this program (version ${version.data.schemaVersion}; this one reads ${SCHEMA_VERSION}).`,
      'Reload the page to get the newest version, then open the file again.',
    );
  }
  const parsed = gallerySchema.safeParse(value);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    throw damaged(
      `${issue?.path.map(String).join('.') || 'the whole'}: ${issue?.message ?? 'unknown problem'}`,
    );
  }
  const { embeddingSize, people } = parsed.data;
  if (embeddingSize !== model.embeddingSize) {
    throw new ProblemError(
      `The gallery is of a model with embeddings of ${embeddingSize} numbers; those of ${model.name} have ${model.embeddingSize}.`,
      'Open the model that the gallery was made with, or enrol the people again.',
    );
  }
  const vectorsAt = (text: string, where: string): Float32Array[] => fromBase64(text, embeddingSize, where);
  const [fingerprint, ...others] = vectorsAt(parsed.data.model.fingerprint, 'model.fingerprint');
  if (!fingerprint || others.length > 0) throw damaged('model.fingerprint: is not one row of numbers');
  if (cosineOf(fingerprint, model.fingerprint) < SAME_MODEL) {
    throw new ProblemError(
      `The gallery belongs to another model (“${shown(parsed.data.model.name)}”): the open one gives other embeddings for the same faces.`,
      'Open the model that the gallery was made with, or enrol the people again.',
    );
  }
  const gallery = new Gallery(embeddingSize);
  people.forEach((person, index) => {
    const centre = person.centre === null ? null : vectorsAt(person.centre, `people.${index}.centre`);
    const faces = vectorsAt(person.faces, `people.${index}.faces`);
    if (centre && centre.length !== 1) throw damaged(`people.${index}.centre: is not one row of numbers`);
    if (!centre && faces.length === 0) throw damaged(`people.${index}: has no embedding`);
    gallery.add(person.name, { centre: centre?.[0] ?? null, faces });
  });
  return gallery;
}

async function parseJson(file: Blob): Promise<unknown> {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(await file.arrayBuffer()));
  } catch {
    throw new ProblemError('The file is no gallery: it is no valid JSON.', REMEDY);
  }
}

const damaged = (where: string): ProblemError =>
  new ProblemError(`The gallery file is damaged: ${where}.`, REMEDY);

/** A name from a file inside a sentence. */
const shown = (name: string): string => name.replace(/\p{C}/gu, ' ').slice(0, 80);

/** Characters made at once: a call takes a limited number of arguments. */
const CHUNK = 0x8000;

function toBase64(vectors: readonly Float32Array[]): string {
  const parts = vectors.flatMap((vector) => {
    const view = new DataView(new ArrayBuffer(vector.length * 4));
    vector.forEach((value, i) => {
      view.setFloat32(i * 4, value, true);
    });
    const bytes = new Uint8Array(view.buffer);
    return Array.from({ length: Math.ceil(bytes.length / CHUNK) }, (_, i) =>
      String.fromCharCode(...bytes.subarray(i * CHUNK, (i + 1) * CHUNK)),
    );
  });
  return btoa(parts.join(''));
}

/** @returns rows of `size` numbers, each of length 1 */
function fromBase64(text: string, size: number, where: string): Float32Array[] {
  const bytes = bytesOf(text);
  if (bytes === null) throw damaged(`${where}: is not base64`);
  if (bytes.length % (size * 4) !== 0) throw damaged(`${where}: is not rows of ${size} numbers`);
  const view = new DataView(bytes.buffer);
  return Array.from({ length: bytes.length / (size * 4) }, (_, row) => {
    const vector = Float32Array.from({ length: size }, (_, i) => view.getFloat32((row * size + i) * 4, true));
    const length = Math.sqrt(dot(vector, vector));
    // Written so that NaN, too, is a failure.
    if (Math.abs(length - 1) <= LENGTH_TOLERANCE) return vector;
    throw damaged(`${where}: an embedding has length ${length.toPrecision(3)} instead of 1`);
  });
}

function bytesOf(text: string): Uint8Array<ArrayBuffer> | null {
  try {
    return Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
  } catch {
    return null;
  }
}
