import { type Candidate, join, overlap } from '../ingest/detect/boxes.ts';
import { cosineOf, meanDirection } from '../lib/vectors.ts';
import type { Box } from '../protocol/recognise.ts';

/** Score from which on a detection is a new face; one that is followed may fall to what the detector reports. */
const NEW = 0.7;
/** Boxes of one face in two frames have at least this intersection over union. */
const SAME = 0.2;
/** Frames that a face is shown without being found, and those after which it is forgotten. */
const SHOWN_UNSEEN = 2;
const FORGOTTEN = 6;
/** Share of the way that a box goes to where the face was found: of one that hardly moves, and at most. */
const SLOW = 0.3;
/** Distance, in widths of the face, from which on a box goes all the way. */
const FAST = 0.15;
/** A face is embedded again after so many frames, or sooner when its box has changed by this share of its width. */
const REFRESH = 12;
const REFRESH_MOVED = 4;
const MOVED = 0.15;
/** Frames from one look at the whole picture to the next, while every face is found near where it was. */
const LOOK_AROUND = 8;
/** With more faces, looking near each is as much work as looking at the whole picture. */
const MOST_NEAR = 3;
/** New faces that are embedded in one frame, the others in the next. */
const NEW_AT_ONCE = 4;
/** Embeddings that the mean of a face reaches back to. */
const MEMORY = 8;
/** A new embedding with a smaller cosine to the mean is of somebody else, who took the place. */
const REPLACED = 0.2;

/** A face that is followed from frame to frame, in pixels of the frame. */
export interface Followed {
  /** Smoothed. */
  readonly box: Box;
  /** As the detector found it last. */
  readonly found: Candidate;
  /** [D], of length 1: the mean over some frames; null until the first. */
  readonly embedding: Float32Array | null;
}

interface Track {
  box: Box;
  found: Candidate;
  /** The last embeddings. */
  embeddings: Float32Array[];
  embedding: Float32Array | null;
  /** Where it was embedded last, and how many frames ago. */
  embeddedAt: Box;
  age: number;
  /** Frames since it was found. */
  unseen: number;
}

/**
 * Follows faces through the frames of a camera: boxes are paired by intersection over union, the largest first, and
 * smoothed; embeddings are averaged, and made again only now and then.
 */
export class Follower {
  private tracks: Track[] = [];
  /** Frames since the whole picture was looked at. */
  private sinceWhole = 0;

  /** Forgets all faces: another video begins. */
  clear(): void {
    this.tracks = [];
  }

  /**
   * Looks for faces in the next frame: near where they were, and in the whole picture now and then, with no or many faces, and
   * when one is not where it was. A face of the whole picture is looked for near there, too, so that its box does not jump when
   * the one way follows the other.
   *
   * @param near a face near where it was; null where it is not there
   * @param whole all faces
   */
  look(near: (face: Candidate) => Candidate | null, whole: () => readonly Candidate[]): void {
    const few = this.tracks.length <= MOST_NEAR;
    const known = few ? join(this.tracks.flatMap(({ found }) => near(found) ?? [])) : [];
    const all = known.length > 0 && known.length === this.tracks.length;
    if (all && ++this.sinceWhole < LOOK_AROUND) {
      this.update(known);
      return;
    }
    this.sinceWhole = 0;
    const others = whole().filter((face) => !known.some((other) => overlap(face, other) > SAME));
    this.update([...known, ...(few ? others.map((face) => near(face) ?? face) : others)]);
  }

  /** Takes what was found in the next frame. */
  update(found: readonly Candidate[]): void {
    const pairs = this.tracks
      .flatMap((track) => found.map((face) => ({ track, face, iou: overlap(track.found, face) })))
      .filter(({ iou }) => iou >= SAME)
      .sort((a, b) => b.iou - a.iou);
    const seen = new Set<Track>();
    const taken = new Set<Candidate>();
    for (const { track, face } of pairs) {
      if (seen.has(track) || taken.has(face)) continue;
      seen.add(track);
      taken.add(face);
      track.box = smoothed(track.box, face);
      track.found = face;
      track.unseen = 0;
    }
    for (const track of this.tracks) {
      track.age++;
      if (!seen.has(track)) track.unseen++;
    }
    this.tracks = this.tracks.filter(({ unseen }) => unseen < FORGOTTEN);
    for (const face of found) {
      if (!taken.has(face) && face.score >= NEW) this.tracks.push(started(face));
    }
  }

  /** The faces to be embedded in this frame: new ones, else the one whose embedding is most out of date. */
  due(): readonly Followed[] {
    const here = this.tracks.filter(({ unseen }) => unseen === 0);
    const fresh = here.filter(({ embedding }) => embedding === null);
    if (fresh.length > 0) return fresh.slice(0, NEW_AT_ONCE);
    const outdated = here.filter(
      ({ age, found, embeddedAt }) =>
        age >= REFRESH || (age >= REFRESH_MOVED && distance(found, embeddedAt) > MOVED),
    );
    return outdated.sort((a, b) => b.age - a.age).slice(0, 1);
  }

  /** @param vector the embedding of a face that was due, [D], of length 1; null where it could not be made */
  embedded(face: Followed, vector: Float32Array | null): void {
    const track = this.tracks.find((one) => one === face);
    if (!track) return;
    track.age = 0;
    track.embeddedAt = track.found;
    if (vector === null) return;
    const replaced = track.embedding !== null && cosineOf(track.embedding, vector) < REPLACED;
    track.embeddings = replaced ? [vector] : [...track.embeddings, vector].slice(-MEMORY);
    track.embedding = meanDirection(track.embeddings);
  }

  /** The faces to be shown, from left to right. */
  shown(): readonly Followed[] {
    return this.tracks
      .filter(({ unseen }) => unseen <= SHOWN_UNSEEN)
      .sort((a, b) => a.box.x + a.box.width / 2 - (b.box.x + b.box.width / 2));
  }
}

const rectangle = ({ x, y, width, height }: Box): Box => ({ x, y, width, height });

const started = (face: Candidate): Track => ({
  box: rectangle(face),
  found: face,
  embeddings: [],
  embedding: null,
  embeddedAt: face,
  age: 0,
  unseen: 0,
});

/** How far two boxes of a face lie apart, in widths of the face: of their centres, or of their widths. */
function distance(a: Box, b: Box): number {
  const dx = a.x + a.width / 2 - (b.x + b.width / 2);
  const dy = a.y + a.height / 2 - (b.y + b.height / 2);
  return Math.max(Math.hypot(dx, dy), Math.abs(a.width - b.width)) / Math.max(a.width, b.width, 1);
}

/** Slowly where a face hardly moves, so that the detector's jitter does not show; at once where it moves fast. */
function smoothed(from: Box, to: Box): Box {
  const share = Math.min(1, Math.max(SLOW, distance(from, to) / FAST));
  const mix = (a: number, b: number): number => a + (b - a) * share;
  return {
    x: mix(from.x, to.x),
    y: mix(from.y, to.y),
    width: mix(from.width, to.width),
    height: mix(from.height, to.height),
  };
}
