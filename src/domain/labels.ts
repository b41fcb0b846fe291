/** What tells which person is on a photo. */
export type LabelSource =
  | {
      readonly kind: 'folder';
      /** One of the photos, and the folder in its path that names the person; null where none does. */
      readonly example: string;
      readonly folder: string | null;
      /** Levels of that folder below what was dropped: 1 for the folders directly in it, or in the .zip. */
      readonly level: number;
    }
  | { readonly kind: 'file-name'; readonly example: string; readonly name: string }
  | { readonly kind: 'list'; readonly list: string };

/** One way to assign the photos of a selection to people. */
export interface LabelChoice {
  readonly source: LabelSource;
  readonly identities: number;
  /** Photos without a name that can be given one. */
  readonly unlabelled: number;
  /** Photos without a name that are skipped, because a list or their file names should have named them. */
  readonly skipped: number;
  /** Some of the names. */
  readonly names: readonly string[];
}

/** How people are named, to stand behind a number of them. */
export function describeSource(source: LabelSource): string {
  switch (source.kind) {
    case 'folder':
      return source.folder === null
        ? 'no folder names a person'
        : `named by the folder: “${source.folder}” in ${source.example}`;
    case 'file-name':
      return `named by the file name: “${source.name}” in ${source.example}`;
    case 'list':
      return `named by the list ${source.list}`;
  }
}
