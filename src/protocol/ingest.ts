import type { IngestedFace, RejectedFile, SourceFile } from '../domain/faces.ts';
import type { LabelChoice } from '../domain/labels.ts';

/** What was dropped, after a first look at its headers and before any work is done. */
export interface Survey {
  /** Names this selection in the `ingest` call. */
  readonly selection: number;
  /** Files that will be looked at (entries of a .zip count one by one). */
  readonly files: number;
  /** Ways to assign the photos to people, the recommended one first; one where there is no doubt, none without photos. */
  readonly labelChoices: readonly LabelChoice[];
  /** Edge in pixels when every photo is a square of one size up to 160 px: aligned crops already. */
  readonly alignedSize: number | null;
}

export interface IngestSummary {
  readonly files: number;
  readonly faces: number;
  readonly rejected: number;
  readonly seconds: number;
}

/** The calls that the ingest worker answers. */
export interface IngestCalls {
  /** Takes files ahead of the survey that goes on from them: thousands in one message would block the page. */
  readonly receive: {
    readonly args: {
      readonly sources: readonly SourceFile[];
      /** Forgets what was received before. */
      readonly first: boolean;
    };
    readonly result: null;
  };
  /** Lists what was dropped: unpacks the directory of a .zip, labels, looks at sizes. Refuses hostile archives. */
  readonly survey: {
    readonly args: {
      readonly sources: readonly SourceFile[];
      /** Whether these files come behind those that were received. */
      readonly continued?: boolean;
      /** The folder that many levels below what was dropped names the person; without it the worker finds out. */
      readonly personLevel?: number;
    };
    readonly result: Survey;
  };
  /** Turns a surveyed selection into aligned faces; results come as events while it runs. */
  readonly ingest: {
    readonly args: {
      readonly selection: number;
      /** `detect`: find and align the face. `as-is`: the photos are aligned crops; only scale them. */
      readonly alignment: 'detect' | 'as-is';
      /** Index into the survey's ways to name the people; the recommended one where it is left out. */
      readonly labelChoice?: number;
      /** Name for photos outside any folder; null leaves them unlabelled. */
      readonly unlabelledName: string | null;
      /** Puts every photo onto this identity, whatever its folder; null labels each. */
      readonly everythingIs: string | null;
    };
    readonly result: IngestSummary;
  };
  /** Forgets what duplicates are compared with (used when the person clears the data). */
  readonly reset: { readonly args: null; readonly result: null };
}

export type IngestEvent =
  | {
      readonly kind: 'progress';
      readonly done: number;
      readonly total: number;
      readonly photosPerSecond: number;
      /** Null until it can be told. */
      readonly secondsLeft: number | null;
    }
  | {
      readonly kind: 'results';
      readonly faces: readonly IngestedFace[];
      readonly rejected: readonly RejectedFile[];
    }
  | { readonly kind: 'note'; readonly text: string };
