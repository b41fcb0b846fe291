import { NearCopies } from '../dataset/near-copies.ts';
import type { SourceFile } from '../domain/faces.ts';
import type { SampleId } from '../lib/brand.ts';
import { CancelledError, ProblemError } from '../lib/problem.ts';
import type { Handlers } from '../protocol/envelope.ts';
import type { IngestCalls, IngestEvent } from '../protocol/ingest.ts';
import { loadDetector } from './detect/blazeface.ts';
import { cleanLabel } from './files/label.ts';
import { type Listing, list } from './files/walk.ts';
import type { ImagePyramid } from './image-pyramid.ts';
import { findPerson, type Outcome, useAsIs } from './photo.ts';
import { runPipeline } from './pipeline.ts';
import { createReporter } from './report.ts';

/** Answers the calls of the ingest protocol: surveyed selections, and the hashes that duplicates are found by. */
export function createIngest(send: (event: IngestEvent) => void): Handlers<IngestCalls> {
  const selections = new Map<number, Listing>();
  const seen = new Map<string, string>();
  const copies = new NearCopies<SampleId>();
  let received: SourceFile[] = [];
  let lastSelection = 0;
  let running = false;

  return {
    async receive({ sources, first }) {
      received = first ? [...sources] : [...received, ...sources];
      return null;
    },

    async survey({ sources, continued = false, personLevel }, signal) {
      const all = continued ? [...received, ...sources] : sources;
      received = [];
      const listing = await list(all, personLevel ?? null, signal);
      for (const text of listing.notes) send({ kind: 'note', text });
      const selection = ++lastSelection;
      selections.set(selection, listing);
      const { files, labels, alignedSize } = listing;
      return { selection, files, labelChoices: labels.map(({ choice }) => choice), alignedSize };
    },

    async ingest({ selection, alignment, labelChoice = 0, unlabelledName, everythingIs }, signal) {
      const listing = selections.get(selection);
      if (!listing)
        throw new ProblemError('These files are no longer available.', 'Drop them on the page again.');
      if (running)
        throw new ProblemError('Other photos are still being read.', 'Wait until they are done, or cancel.');
      running = true;
      const started = performance.now();
      const known = new Set(seen.keys());
      const delivered = new Set<string>();
      const everything = everythingIs === null ? null : cleanLabel(everythingIs);
      const loose = unlabelledName === null ? null : cleanLabel(unlabelledName);
      const labelling = everything === null ? (listing.labels[labelChoice] ?? null) : null;
      const items = listing.items(labelling);
      for (const text of labelling?.notes ?? []) send({ kind: 'note', text });
      try {
        const look = alignment === 'as-is' ? useAsIs : await finder();
        if (!globalThis.crypto.subtle)
          send({
            kind: 'note',
            text: 'Duplicate photos are not detected: the page is not served over https.',
          });
        const report = createReporter(items.length, send);
        try {
          await runPipeline({
            items,
            labelFor: (item) => everything ?? item.label ?? loose,
            seen,
            copies,
            look,
            signal,
            onResult: (result) => {
              delivered.add(result.kind === 'face' ? result.face.path : result.file.path);
              report.add(result);
            },
          });
        } finally {
          // What was found before a cancellation is kept, too.
          report.flush();
        }
        selections.delete(selection);
        const { faces, rejected } = report.counts();
        return {
          files: items.length,
          faces,
          rejected,
          seconds: (performance.now() - started) / 1000,
        };
      } catch (thrown) {
        if (thrown instanceof CancelledError) selections.delete(selection);
        // Files that were read ahead and never reported must not count as seen.
        for (const [hash, path] of seen) if (!known.has(hash) && !delivered.has(path)) seen.delete(hash);
        throw thrown;
      } finally {
        running = false;
      }
    },

    async reset() {
      selections.clear();
      seen.clear();
      copies.clear();
      return null;
    },
  };
}

async function finder(): Promise<(picture: ImagePyramid) => Outcome> {
  const detect = await loadDetector();
  return (picture) => findPerson(picture, detect);
}
