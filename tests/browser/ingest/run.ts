import { connect } from '../../../src/client/connect.ts';
import type { IngestedFace, RejectedFile, SourceFile } from '../../../src/domain/faces.ts';
import type { IngestCalls, IngestEvent, IngestSummary, Survey } from '../../../src/protocol/ingest.ts';
import { readShared } from '../shared.ts';

export interface Ingested {
  readonly survey: Survey;
  readonly summary: IngestSummary;
  readonly faces: readonly IngestedFace[];
  readonly rejected: readonly RejectedFile[];
  readonly events: readonly IngestEvent[];
}

/** The real worker through the real protocol, with the events that it sent. */
export function startIngest() {
  const events: IngestEvent[] = [];
  const connection = connect<IngestCalls, IngestEvent>(
    () => new Worker(new URL('../../../src/workers/ingest.worker.ts', import.meta.url), { type: 'module' }),
    (event) => events.push(event),
    (problem) => console.error(problem),
  );
  return {
    ...connection,
    events,
    async run(
      sources: readonly SourceFile[],
      alignment: 'detect' | 'as-is' = 'detect',
      labelChoice = 0,
    ): Promise<Ingested> {
      events.length = 0;
      const survey = await connection.call('survey', { sources });
      const summary = await connection.call('ingest', {
        selection: survey.selection,
        alignment,
        labelChoice,
        unlabelledName: null,
        everythingIs: null,
      });
      return {
        survey,
        summary,
        faces: events.flatMap((event) => (event.kind === 'results' ? event.faces : [])),
        rejected: events.flatMap((event) => (event.kind === 'results' ? event.rejected : [])),
        events: [...events],
      };
    },
  };
}

/** Files of shared/ as they would be dropped; the path starts at the last folder of `root`. */
export async function sourcesOf(root: string, paths: readonly string[]): Promise<SourceFile[]> {
  const outer = root.lastIndexOf('/') + 1;
  return Promise.all(paths.map(async (path) => ({ path: path.slice(outer), file: await readShared(path) })));
}

/** Pixels of an aligned face: RGBA. */
export async function pixelsOf(image: Blob): Promise<Uint8ClampedArray> {
  const bitmap = await createImageBitmap(image);
  const canvas = new OffscreenCanvas(bitmap.width, bitmap.height);
  const context = canvas.getContext('2d', { willReadFrequently: true });
  if (!context) throw new Error('no canvas');
  context.drawImage(bitmap, 0, 0);
  return context.getImageData(0, 0, bitmap.width, bitmap.height).data;
}

/** Mean absolute difference over the colour channels, in grey levels of 255. */
export function difference(a: Uint8ClampedArray, b: Uint8ClampedArray): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) if (i % 4 < 3) sum += Math.abs((a[i] ?? 0) - (b[i] ?? 0));
  return a.length === b.length ? sum / ((a.length * 3) / 4) : 255;
}
