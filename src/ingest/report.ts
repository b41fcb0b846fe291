import type { IngestedFace, RejectedFile } from '../domain/faces.ts';
import type { IngestEvent } from '../protocol/ingest.ts';
import type { FileResult } from './pipeline.ts';

/** Milliseconds between two reports: about four a second. */
const INTERVAL = 250;
/** Window in milliseconds of the rate that is shown. */
const WINDOW = 5000;

export interface Reporter {
  add(result: FileResult): void;
  /** Sends what is pending. */
  flush(): void;
  counts(): { readonly faces: number; readonly rejected: number };
}

/** Gathers results and sends them in batches with the progress, about four times a second. */
export function createReporter(total: number, send: (event: IngestEvent) => void): Reporter {
  let faces: IngestedFace[] = [];
  let rejected: RejectedFile[] = [];
  let facesSent = 0;
  let rejectedSent = 0;
  let done = 0;
  let last = performance.now();
  const times: { readonly at: number; readonly done: number }[] = [{ at: last, done: 0 }];

  function flush(): void {
    last = performance.now();
    while (times.length > 2 && last - (times[0]?.at ?? last) > WINDOW) times.shift();
    const oldest = times[0];
    const elapsed = oldest ? last - oldest.at : 0;
    const photosPerSecond = oldest && elapsed > 0 ? ((done - oldest.done) * 1000) / elapsed : 0;
    times.push({ at: last, done });
    const secondsLeft = photosPerSecond > 0 && done > 1 ? (total - done) / photosPerSecond : null;
    send({ kind: 'progress', done, total, photosPerSecond, secondsLeft });
    if (faces.length + rejected.length === 0) return;
    send({ kind: 'results', faces, rejected });
    facesSent += faces.length;
    rejectedSent += rejected.length;
    faces = [];
    rejected = [];
  }

  return {
    add(result) {
      done++;
      if (result.kind === 'face') faces.push(result.face);
      else rejected.push(result.file);
      if (performance.now() - last >= INTERVAL) flush();
    },
    flush,
    counts: () => ({ faces: facesSent + faces.length, rejected: rejectedSent + rejected.length }),
  };
}
