import type { PersonId, SampleId } from '../lib/brand.ts';

/** A photo that seems to show somebody else than the person in whose folder it is. */
export interface WrongFace {
  readonly id: SampleId;
  readonly person: PersonId;
  /** Who it looks like instead; null where it is like nobody in the data. */
  readonly looksLike: PersonId | null;
}
