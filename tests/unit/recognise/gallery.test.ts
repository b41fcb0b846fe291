import { describe, expect, it } from 'vitest';
import { ProblemError } from '../../../src/lib/problem.ts';
import { GALLERY_LIMITS, Gallery, galleryOf } from '../../../src/recognise/gallery.ts';

const vector = (...values: number[]): Float32Array => Float32Array.from(values);
const faces = (...rows: number[][]) => ({ centre: null, faces: rows.map((row) => vector(...row)) });
const known = (gallery: Gallery) => gallery.people().map(({ name, faces: count }) => [name, count]);

describe('a gallery', () => {
  it('compares with the normalised mean of the enrolled embeddings', () => {
    const gallery = new Gallery(2);
    gallery.add('Ada', faces([1, 0], [0, 1]));
    gallery.add('Bob', faces([-1, 0]));
    const { best, second, known: accepted } = gallery.decide(vector(1, 0), 0.7);
    expect(best).toMatchObject({ name: 'Ada', cosine: expect.closeTo(Math.SQRT1_2, 6) });
    expect(second).toMatchObject({ name: 'Bob', cosine: -1 });
    expect(accepted).toBe(true);
  });

  it('knows a face from the threshold on, that one included', () => {
    const gallery = new Gallery(2);
    gallery.add('Ada', faces([1, 0]));
    const face = vector(0.5, Math.sqrt(0.75));
    expect(gallery.decide(face, 0.5).known).toBe(true);
    expect(gallery.decide(face, 0.5001)).toMatchObject({ known: false, best: { name: 'Ada' }, second: null });
    expect(new Gallery(2).decide(face, -1)).toEqual({ best: null, second: null, known: false });
  });

  it('has the people of a training, and adds photos to the person of a name', () => {
    const gallery = galleryOf(2, [
      { name: 'Bob', centre: vector(0, 3) },
      { name: 'Ada', centre: vector(1, 0) },
    ]);
    expect(known(gallery)).toEqual([
      ['Ada', 0],
      ['Bob', 0],
    ]);
    const before = gallery.people()[0]?.id;
    expect(gallery.add(' Ada\u202E ', faces([0, 1]))).toBe(before);
    expect(known(gallery)).toEqual([
      ['Ada', 1],
      ['Bob', 0],
    ]);
    expect(gallery.decide(vector(1, 0), 0).best?.cosine).toBeCloseTo(Math.SQRT1_2, 6);
  });

  it('forgets a removed person, whose name is then free', () => {
    const gallery = new Gallery(2);
    const id = gallery.add('Ada', faces([1, 0]));
    gallery.add('Bob', faces([0, 1]));
    gallery.remove(id);
    expect(gallery.decide(vector(1, 0), 0.5).best?.name).toBe('Bob');
    expect(() => gallery.remove(id)).toThrow(/no longer/);
    expect(gallery.add('Ada', faces([1, 0]))).not.toBe(id);
  });

  it('has copies that change independently', () => {
    const gallery = new Gallery(2);
    const id = gallery.add('Ada', faces([1, 0]));
    const copy = gallery.copy();
    expect(copy.add('Ada', faces([0, 1]))).toBe(id);
    copy.add('Bob', faces([0, 1]));
    expect([known(gallery), known(copy)]).toEqual([
      [['Ada', 1]],
      [
        ['Ada', 2],
        ['Bob', 1],
      ],
    ]);
    expect(gallery.decide(vector(1, 0), 0).best?.cosine).toBe(1);
    copy.remove(id);
    expect(gallery.add('Eve', faces([1, 0]))).not.toBe(id);
    expect(known(gallery)).toEqual([
      ['Ada', 1],
      ['Eve', 1],
    ]);
  });

  it('takes names as text and nothing else', () => {
    const gallery = new Gallery(2);
    for (const name of ['__proto__', 'constructor', '<script>alert(1)</script>']) {
      gallery.add(name, faces([1, 0]));
    }
    expect(known(gallery)).toEqual([
      ['<script>alert(1)</script>', 1],
      ['__proto__', 1],
      ['constructor', 1],
    ]);
    expect(() => gallery.add(' \u200E\n', faces([1, 0]))).toThrow(ProblemError);
  });

  it('changes nothing where it refuses', () => {
    const gallery = new Gallery(2);
    gallery.add('Ada', faces([1, 0]));
    const many = Array.from({ length: GALLERY_LIMITS.faces }, () => [0, 1]);
    expect(() => gallery.add('Ada', faces(...many))).toThrow(/can have 2000 faces.*would be 2001/);
    expect(() => gallery.add('Eve', faces([0, 0]))).toThrow(/no direction/);
    expect(() => gallery.add('Eve', faces([1, 0], [Number.NaN, 0]))).toThrow(/no direction/);
    expect(known(gallery)).toEqual([['Ada', 1]]);
  });
});
