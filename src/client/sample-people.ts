import { z } from 'zod';
import { FACE_SIZE, type IngestedFace } from '../domain/faces.ts';
import { sampleId } from '../lib/brand.ts';
import { ProblemError } from '../lib/problem.ts';
import { publicUrl } from '../lib/public-url.ts';

/*
 * The file of the sample people: 4 bytes, little-endian, the length of the header; the header, JSON; the pictures, WebP,
 * one behind the other in the order of the header, without gaps.
 */

const LENGTH_BYTES = 4;
const LIMITS = { header: 64 * 1024, picture: 64 * 1024, people: 200, pictures: 200 } as const;

const headerSchema = z.strictObject({
  /** Edge of the pictures in pixels. */
  size: z.literal(FACE_SIZE),
  people: z
    .array(
      z.strictObject({
        name: z.string().min(1).max(80),
        /** Bytes of each picture. */
        pictures: z.array(z.int().min(1).max(LIMITS.picture)).min(1).max(LIMITS.pictures),
      }),
    )
    .min(1)
    .max(LIMITS.people),
});
export type SamplePeopleHeader = z.infer<typeof headerSchema>;

/** The sample people: faces that belong to nobody, aligned already. Ids are the same every time. */
export async function readSamplePeople(file: Blob): Promise<IngestedFace[]> {
  const start = new DataView(await file.slice(0, LENGTH_BYTES).arrayBuffer());
  const length = start.byteLength === LENGTH_BYTES ? start.getUint32(0, true) : Number.POSITIVE_INFINITY;
  if (length > LIMITS.header) throw damaged();
  let at = LENGTH_BYTES + length;
  const { people } = parseHeader(await file.slice(LENGTH_BYTES, at).text());
  const faces: IngestedFace[] = [];
  for (const { name, pictures } of people) {
    for (const [index, bytes] of pictures.entries()) {
      const path = `Sample people/${name}/${String(index + 1).padStart(2, '0')}.webp`;
      faces.push({
        id: sampleId(path),
        path,
        label: name,
        image: file.slice(at, at + bytes, 'image/webp'),
        flags: ['as-is'],
        faceWidth: FACE_SIZE,
      });
      at += bytes;
    }
  }
  if (at !== file.size) throw damaged();
  return faces;
}

function parseHeader(text: string): SamplePeopleHeader {
  try {
    return headerSchema.parse(JSON.parse(text));
  } catch {
    throw damaged();
  }
}

/** The header of a file, to which the pictures are appended. */
export function writeHeader(header: SamplePeopleHeader): Blob {
  const text = new TextEncoder().encode(JSON.stringify(header));
  const length = new DataView(new ArrayBuffer(LENGTH_BYTES));
  length.setUint32(0, text.length, true);
  return new Blob([length.buffer, text]);
}

const damaged = (): ProblemError =>
  new ProblemError(
    'The file of the sample people is damaged.',
    'Reload the page. If that does not help, use photos of your own.',
  );

let loading: Promise<readonly IngestedFace[]> | null = null;

/** Loads the sample people, once. @throws ProblemError where the file cannot be had */
export function loadSamplePeople(): Promise<readonly IngestedFace[]> {
  loading ??= fetchFile()
    .then(readSamplePeople)
    .catch((thrown: unknown) => {
      loading = null;
      throw thrown;
    });
  return loading;
}

async function fetchFile(): Promise<Blob> {
  const answer = await fetch(publicUrl('sample-people/faces.bin')).catch(() => null);
  if (!answer?.ok) {
    throw new ProblemError(
      'The sample people could not be loaded.',
      'Check the connection to the server of this page, then try again.',
    );
  }
  return answer.blob();
}
