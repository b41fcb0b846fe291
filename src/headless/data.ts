/** What the terminal's files become: aligned faces, and of them the sets to train with and to verify with. */
import { connect } from '../client/connect.ts';
import { startIngestWorker } from '../client/workers.ts';
import { copyPairs } from '../dataset/near-copies.ts';
import { parsePairs, resolvePairs } from '../dataset/pairs.ts';
import type {
  IngestedFace,
  RejectedFile,
  SourceFile,
  TrainingSet,
  VerificationSet,
} from '../domain/faces.ts';
import { describeReason } from '../domain/reject-reason.ts';
import { present } from '../lib/assert.ts';
import { personId } from '../lib/brand.ts';
import { ProblemError } from '../lib/problem.ts';
import { unreachable } from '../lib/unreachable.ts';
import type { IngestCount, PairCount } from '../protocol/headless.ts';
import type { IngestCalls, IngestEvent } from '../protocol/ingest.ts';
import { labelText, skippedText } from './import-summary.ts';
import { print, say } from './page.ts';

export const byPath = (a: { readonly path: string }, b: { readonly path: string }): number =>
  a.path < b.path ? -1 : a.path > b.path ? 1 : 0;

export interface Ingested {
  readonly faces: readonly IngestedFace[];
  readonly rejected: readonly RejectedFile[];
  readonly seconds: number;
}

/** Who is on the photos: found out, or said by the level of folders; nobody where names play no part. */
export type People = { readonly level: number | null } | 'nobody';

/** Turns the chosen files into aligned faces, sorted by path so that a run can be repeated. Tells what was skipped. */
export async function ingest(
  sources: readonly SourceFile[],
  what: string,
  people: People,
): Promise<Ingested> {
  if (sources.length === 0)
    throw new ProblemError('There are no files in that folder.', 'Give a folder of photos.');
  const faces: IngestedFace[] = [];
  const rejected: RejectedFile[] = [];
  let ended: ProblemError | null = null;
  const client = connect<IngestCalls, IngestEvent>(
    startIngestWorker,
    (event) => {
      switch (event.kind) {
        case 'progress':
          say(what, event.done, event.total, `${event.photosPerSecond.toFixed(1)} photos/s`);
          return;
        case 'results':
          faces.push(...event.faces);
          rejected.push(...event.rejected);
          return;
        case 'note':
          print(event.text);
          return;
        default:
          unreachable(event);
      }
    },
    (problem) => {
      ended = new ProblemError(problem.what, problem.remedy);
    },
  );
  const started = performance.now();
  try {
    const level = people === 'nobody' ? null : people.level;
    const survey = await client.call('survey', {
      sources,
      ...(level === null ? {} : { personLevel: level }),
    });
    const named = people === 'nobody' ? null : labelText(survey.labelChoices);
    if (named !== null) print(`${what}: ${named}`);
    await client.call('ingest', {
      selection: survey.selection,
      alignment: survey.alignedSize === null ? 'detect' : 'as-is',
      unlabelledName: null,
      everythingIs: people === 'nobody' ? 'nobody' : null,
    });
  } finally {
    client.close();
  }
  if (rejected.length > 0) print(skippedText(what, rejected));
  if (ended !== null) throw ended;
  return {
    faces: faces.sort(byPath),
    rejected: rejected.sort(byPath),
    seconds: (performance.now() - started) / 1000,
  };
}

export function count({ faces, rejected, seconds }: Ingested): IngestCount {
  const photos = rejected.filter(
    ({ reason }) => reason.kind !== 'system-file' && reason.kind !== 'label-list',
  );
  return {
    identities: new Set(faces.flatMap((face) => (face.label === null ? [] : [face.label]))).size,
    photos: faces.length + photos.length,
    faces: faces.length,
    rejected: photos.map((file) => ({ path: file.path, reason: describeReason(file.reason) })),
    seconds,
  };
}

/** Identities in the order of their names, so that class k is the same in every run. */
function byLabel(faces: readonly IngestedFace[]): {
  names: string[];
  person: (face: IngestedFace) => number;
} {
  const names = [...new Set(faces.map((face) => face.label ?? ''))].sort();
  const index = new Map(names.map((name, i) => [name, i]));
  return { names, person: (face) => present(index.get(face.label ?? ''), 'the identity') };
}

export function trainingSet(faces: readonly IngestedFace[]): TrainingSet {
  const { names, person } = byLabel(faces);
  return {
    people: names.map((name) => ({ id: personId(name), name })),
    faces: faces.map((face) => ({ id: face.id, person: person(face), image: face.image })),
    nearCopies: copyPairs(faces),
  };
}

/**
 * The photos of a folder with the bytes of another one given back the face that the other one gave: intake keeps one of
 * two equal photos, but who lists photos one by one (embeddings, pairs) wants an answer for each.
 */
export function withEqualPhotos({ faces, rejected, seconds }: Ingested): Ingested {
  const byName = new Map(faces.map((face) => [face.path, face]));
  const equal: IngestedFace[] = [];
  const others: RejectedFile[] = [];
  for (const file of rejected) {
    const face = file.reason.kind === 'duplicate' ? byName.get(file.reason.of) : undefined;
    if (face) equal.push({ ...face, id: file.id, path: file.path, label: file.label });
    else others.push(file);
  }
  return { faces: [...faces, ...equal].sort(byPath), rejected: others, seconds };
}

interface Verification {
  readonly set: VerificationSet;
  readonly pairs: PairCount | null;
}

/** All pairs of the people kept out, or those that a pairs file lists, as many as can be compared. */
export function verification(data: Ingested, pairs: string | null, notes: string[]): Verification {
  const { faces, rejected } = pairs === null ? data : withEqualPhotos(data);
  const { names, person } = byLabel(faces);
  const resolved = pairs === null ? null : resolvePairs(parsePairs(pairs), faces, rejected);
  if (resolved !== null && resolved.absentPhotos.length > 0) {
    const { length } = resolved.absentPhotos;
    throw new ProblemError(
      `The pairs file names ${length === 1 ? 'a photo that is' : `${length} photos that are`} not in the --verify folder: ${few(resolved.absentPhotos)}.`,
      'Give the pairs file that belongs to these photos, or the folder with all of them.',
    );
  }
  if (resolved !== null && resolved.missing.length > 0) {
    const left = resolved.missing.length;
    notes.push(
      `${left} of ${left + resolved.used} pairs were left out because a photo of theirs gave no face: ${few(resolved.missingPhotos)}.`,
    );
  }
  return {
    set: {
      people: names,
      faces: faces.map((face) => ({ person: person(face), image: face.image })),
      folds: resolved?.folds ?? null,
    },
    pairs: resolved && { used: resolved.used, leftOut: resolved.missing.length },
  };
}

const few = (names: readonly string[]): string =>
  names.slice(0, 5).join(', ') + (names.length > 5 ? ` and ${names.length - 5} more` : '');
