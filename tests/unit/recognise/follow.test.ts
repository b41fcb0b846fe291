import { describe, expect, it } from 'vitest';
import type { Candidate } from '../../../src/ingest/detect/boxes.ts';
import { Follower } from '../../../src/recognise/follow.ts';

const face = (x: number, y = 100, score = 0.9): Candidate => ({
  x,
  y,
  width: 100,
  height: 100,
  score,
  points: [],
});
const unit = (angle: number): Float32Array => Float32Array.of(Math.cos(angle), Math.sin(angle));

/** Embeds what is due, and says how much that was. */
function embed(follower: Follower, vector = unit(0)): number {
  const due = follower.due();
  for (const one of due) follower.embedded(one, vector);
  return due.length;
}

describe('following faces', () => {
  it('smooths the jitter of a box and follows a fast one at once', () => {
    const follower = new Follower();
    follower.update([face(100)]);
    follower.update([face(104)]);
    expect(follower.shown()[0]?.box.x).toBeCloseTo(101.2);
    follower.update([face(150)]);
    expect(follower.shown()[0]?.box.x).toBe(150);
  });

  it('embeds a new face at once, then only now and then, and sooner when it has moved', () => {
    const follower = new Follower();
    const embedded = Array.from({ length: 30 }, () => {
      follower.update([face(100)]);
      return embed(follower);
    });
    expect(embedded[0]).toBe(1);
    expect(embedded.reduce((a, b) => a + b)).toBe(3);
    follower.update([face(120)]);
    const moved = Array.from({ length: 5 }, () => {
      follower.update([face(120)]);
      return embed(follower);
    });
    expect(moved).toContain(1);
  });

  it('embeds one known face in a frame, so that many do not make it slow', () => {
    const follower = new Follower();
    const several = [face(0), face(200), face(400)];
    follower.update(several);
    expect(embed(follower)).toBe(3);
    const most = Array.from({ length: 40 }, () => {
      follower.update(several);
      return embed(follower);
    });
    expect(Math.max(...most)).toBe(1);
  });

  it('averages embeddings, and begins anew with somebody else in the same place', () => {
    const follower = new Follower();
    follower.update([face(100)]);
    embed(follower, unit(0));
    for (let i = 0; i < 12; i++) follower.update([face(100)]);
    embed(follower, unit(0.4));
    expect(follower.shown()[0]?.embedding?.[1]).toBeCloseTo(Math.sin(0.2), 5);
    for (let i = 0; i < 12; i++) follower.update([face(100)]);
    embed(follower, unit(2));
    expect(follower.shown()[0]?.embedding).toEqual(unit(2));
  });

  it('shows a face that was missed in a frame or two, and keeps what it knew', () => {
    const follower = new Follower();
    follower.update([face(100)]);
    embed(follower);
    follower.update([]);
    follower.update([]);
    expect(follower.shown()).toHaveLength(1);
    follower.update([]);
    expect(follower.shown()).toHaveLength(0);
    follower.update([face(100, 100, 0.45)]);
    expect(follower.shown()[0]?.embedding).toEqual(unit(0));
    for (let i = 0; i < 6; i++) follower.update([]);
    follower.update([face(100)]);
    expect(follower.shown()[0]?.embedding).toBeNull();
  });

  it('does not take an unsure detection for a new face, and keeps two faces apart', () => {
    const follower = new Follower();
    follower.update([face(100, 100, 0.5)]);
    expect(follower.shown()).toHaveLength(0);
    follower.update([face(300), face(100)]);
    expect(follower.due()).toHaveLength(2);
    for (const one of follower.due())
      follower.embedded(one, one.found.x === 100 ? unit(0) : unit(Math.PI / 2));
    follower.update([face(110), face(290)]);
    expect(follower.shown().map(({ embedding }) => embedding)).toEqual([unit(0), unit(Math.PI / 2)]);
    follower.clear();
    expect(follower.shown()).toHaveLength(0);
  });

  it('looks for faces near where they were, and at the whole picture now and then', () => {
    const follower = new Follower();
    let wholes = 0;
    const look = (there: readonly Candidate[], shift: number | null = 0): number[] => {
      follower.look(
        (before) => (shift === null ? null : { ...before, x: before.x + shift }),
        () => {
          wholes++;
          return there;
        },
      );
      return follower.shown().map(({ found }) => found.x);
    };
    expect(look([])).toEqual([]);
    // What the whole picture shows is looked for near there, so that it does not jump in the next frame.
    expect(look([face(100), face(300)], 2)).toEqual([102, 302]);
    expect(wholes).toBe(2);
    for (let i = 0; i < 24; i++) look([face(100), face(300)]);
    expect(wholes).toBe(5);
    // What was found near is not taken from the whole picture again; somebody new is.
    for (let i = 0; i < 8; i++) look([face(104), face(300), face(500)]);
    expect(follower.shown().map(({ found }) => found.x)).toEqual([102, 302, 500]);

    wholes = 0;
    expect(look([face(110), face(310), face(510)], null)).toEqual([110, 310, 510]); // not where they were
    expect(wholes).toBe(1);
    for (let i = 0; i < 3; i++) look([face(0), face(200), face(400), face(600)], null);
    wholes = 0;
    look([face(0), face(200), face(400), face(600)]); // looking near each would be as much work
    expect(wholes).toBe(1);
  });
});
