import { describe, expect, it } from 'vitest';
import { cleanLabel, LABEL_LIMIT, labelPaths } from '../../../src/ingest/files/label.ts';

describe('labels', () => {
  it('takes the folder that directly holds the photo and looks through a lone outer one', () => {
    expect(labelPaths(['people/Ada/1.jpg', 'people/Bob/2.jpg', 'people/loose.jpg']).labels).toEqual([
      'Ada',
      'Bob',
      null,
    ]);
    expect(labelPaths(['Ada/1.jpg', 'Ada/2.jpg']).labels).toEqual(['Ada', 'Ada']);
    expect(labelPaths(['a/b/Ada/1.jpg', 'a/b/Bob/1.jpg', 'a/b/y.jpg']).labels).toEqual(['Ada', 'Bob', null]);
    expect(labelPaths(['1.jpg', 'Ada/2.jpg']).labels).toEqual([null, 'Ada']);
  });

  it('keeps folders of one name apart, except below the parts of a data set', () => {
    const apart = labelPaths(['x/Smiths/John/1.jpg', 'x/Browns/John/2.jpg']);
    expect(apart.labels).toEqual(['John (Smiths)', 'John (Browns)']);
    expect(apart.notes).toHaveLength(1);
    const together = labelPaths(['lfw/train/Ada/1.jpg', 'lfw/test/Ada/2.jpg']);
    expect(together).toEqual({ labels: ['Ada', 'Ada'], notes: [] });
  });

  it('makes names plain text', () => {
    expect(cleanLabel('  Zoe\u0308 \t Doe ')).toBe('Zo\u00eb Doe');
    expect(cleanLabel('<img src=x onerror=alert(1)>')).toBe('<img src=x onerror=alert(1)>');
    expect(cleanLabel('a\u202Ebc')).toBe('a bc');
    expect(cleanLabel(' \u0000 ')).toBeNull();
    expect([...(cleanLabel('\u{1F600}'.repeat(500)) ?? '')]).toHaveLength(LABEL_LIMIT);
  });
});
