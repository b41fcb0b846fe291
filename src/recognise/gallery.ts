import { cleanLabel } from '../ingest/files/label.ts';
import { assert } from '../lib/assert.ts';
import { type GalleryPersonId, galleryPersonId } from '../lib/brand.ts';
import { ProblemError } from '../lib/problem.ts';
import { cosineOf, meanDirection, unit } from '../lib/vectors.ts';
import type { Candidate, GalleryPerson } from '../protocol/recognise.ts';

/** Most people, faces of one person, and numbers in all embeddings together (80 MB). */
export const GALLERY_LIMITS = { people: 20_000, faces: 2_000, numbers: 20_000_000 } as const;

/** What is known of one person: vectors of length 1. */
export interface Enrolled {
  readonly name: string;
  /** Of the model: a class centre, or the mean of a held-out person's embeddings; null for a person who was enrolled here only. */
  readonly centre: Float32Array | null;
  readonly faces: readonly Float32Array[];
}

interface Entry extends Enrolled {
  readonly id: GalleryPersonId;
  /** The direction of the mean of the faces' embeddings, the class centre among them. */
  readonly template: Float32Array;
}

/** A name as it is shown, cleaned as those of folders are. @throws ProblemError where nothing is left of it */
export function cleanName(name: string): string {
  const cleaned = cleanLabel(name);
  if (cleaned !== null) return cleaned;
  throw new ProblemError('The name is empty.', 'Give a name with at least one visible character.');
}

/** The most similar person, the next one, and whether the first is accepted. */
export interface Decision {
  readonly best: Candidate | null;
  readonly second: Candidate | null;
  readonly known: boolean;
}

/**
 * The people whom a recogniser knows, by the embeddings of their faces.
 *
 * The similarity of a face and a person is cos(e, t), t = normalise(sum of the person's embeddings): the mean of several
 * embeddings lies nearer to further photos of the person than single ones do (templates of several pictures: Whitelam et al., "IARPA
 * Janus Benchmark-B", 2017). A class centre of a training counts as one embedding.
 */
export class Gallery {
  readonly dimension: number;
  private readonly entries = new Map<GalleryPersonId, Entry>();
  private readonly byName = new Map<string, Entry>();
  private lastId = 0;
  /** Embeddings of all people. */
  private stored = 0;

  /** @param dimension of the embeddings */
  constructor(dimension: number) {
    this.dimension = dimension;
  }

  /**
   * Adds embeddings to the person of a name, who is new where there is none.
   *
   * @param vectors [D] each; they are brought to length 1
   * @throws ProblemError where nothing is left of the name, an embedding has no direction, or a limit is reached; then
   * nothing has changed
   */
  add(name: string, { centre, faces }: Omit<Enrolled, 'name'>): GalleryPersonId {
    const cleaned = cleanName(name);
    const known = this.byName.get(cleaned);
    const allFaces = [...(known?.faces ?? []), ...faces.map((vector) => this.direction(vector, cleaned))];
    const newCentre = centre ? this.direction(centre, cleaned) : (known?.centre ?? null);
    const vectors = newCentre ? [newCentre, ...allFaces] : allFaces;
    assert(vectors.length > 0, 'a person has an embedding');
    const more = vectors.length - (known ? vectorsOf(known) : 0);
    this.checkRoom(known === undefined, allFaces.length, more);
    const id = known?.id ?? galleryPersonId(`person-${++this.lastId}`);
    const template = meanDirection(vectors);
    const entry = { id, name: cleaned, centre: newCentre, faces: allFaces, template };
    this.entries.set(id, entry);
    this.byName.set(cleaned, entry);
    this.stored += more;
    return id;
  }

  /** @throws ProblemError where there is no such person (any more) */
  remove(id: GalleryPersonId): void {
    const entry = this.entries.get(id);
    if (entry) {
      this.entries.delete(id);
      this.byName.delete(entry.name);
      this.stored -= vectorsOf(entry);
      return;
    }
    throw new ProblemError('This person is no longer in the gallery.', 'Nothing needs to be done.');
  }

  /** A gallery of the same people, which then changes independently of this one. */
  copy(): Gallery {
    const copy = new Gallery(this.dimension);
    for (const [id, entry] of this.entries) copy.entries.set(id, entry);
    for (const [name, entry] of this.byName) copy.byName.set(name, entry);
    copy.lastId = this.lastId;
    copy.stored = this.stored;
    return copy;
  }

  /** In the order of their names. */
  people(): readonly GalleryPerson[] {
    return this.enrolled().map(({ id, name, faces }) => ({ id, name, faces: faces.length }));
  }

  /** In the order of their names. */
  enrolled(): readonly (Enrolled & { readonly id: GalleryPersonId })[] {
    return [...this.entries.values()].sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
  }

  /**
   * Who a face is.
   *
   * @param embedding [D], of length 1
   * @param threshold cosine from which on the best person is accepted
   */
  decide(embedding: Float32Array, threshold: number): Decision {
    assert(embedding.length === this.dimension, 'an embedding of the size of the gallery');
    let [best, second]: [Candidate | null, Candidate | null] = [null, null];
    for (const { id, name, template } of this.entries.values()) {
      const cosine = cosineOf(embedding, template);
      if (best === null || cosine > best.cosine) {
        second = best;
        best = { person: id, name, cosine };
      } else if (second === null || cosine > second.cosine) {
        second = { person: id, name, cosine };
      }
    }
    return { best, second, known: best !== null && best.cosine >= threshold };
  }

  private direction(vector: Float32Array, name: string): Float32Array {
    assert(vector.length === this.dimension, 'an embedding of the size of the gallery');
    const direction = unit(vector);
    if (direction) return direction;
    throw new ProblemError(
      `An embedding of ${name} has no direction.`,
      'Take another photo or another file.',
    );
  }

  private checkRoom(isNew: boolean, faces: number, more: number): void {
    const { people, faces: mostFaces, numbers } = GALLERY_LIMITS;
    if (isNew && this.entries.size >= people) {
      throw new ProblemError(`The gallery is full: it has ${people} people.`, 'Remove people first.');
    }
    if (faces > mostFaces) {
      throw new ProblemError(
        `A person can have ${mostFaces} faces in the gallery; these would be ${faces}.`,
        'Enrol fewer photos: five to twenty are enough.',
      );
    }
    if ((this.stored + more) * this.dimension > numbers) {
      throw new ProblemError('The gallery has no room for so many faces.', 'Remove people first.');
    }
  }
}

const vectorsOf = ({ faces, centre }: Enrolled): number => faces.length + (centre ? 1 : 0);

/** A gallery with the people of a model. */
export function galleryOf(
  dimension: number,
  people: readonly { readonly name: string; readonly centre: Float32Array }[],
): Gallery {
  const gallery = new Gallery(dimension);
  for (const { name, centre } of people) gallery.add(name, { centre, faces: [] });
  return gallery;
}
