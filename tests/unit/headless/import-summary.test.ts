import { describe, expect, it } from 'vitest';
import type { RejectedFile, RejectReason } from '../../../src/domain/faces.ts';
import { labelText, skippedText } from '../../../src/headless/import-summary.ts';
import { sampleId } from '../../../src/lib/brand.ts';

const file = (path: string, reason: RejectReason): RejectedFile => ({
  id: sampleId(path),
  path,
  label: null,
  reason,
  alternatives: [],
});

describe('the summary of an import in the terminal', () => {
  it('groups skipped files by reason, the most frequent first, with some names', () => {
    const files = [
      file('a.zip/x.jpg', { kind: 'not-unpacked', detail: 'it is password-protected' }),
      ...['1', '2', '3', '4', '5'].map((name) => file(`Ada/${name}.jpg`, { kind: 'no-face' })),
      file('Bo/1.jpg', { kind: 'too-small', faceWidth: 9 }),
      file('Bo/2.jpg', { kind: 'too-small', faceWidth: 11 }),
    ];
    expect(skippedText('Reading photos', files).split('\n')).toEqual([
      'Reading photos: 8 files were skipped.',
      '  5 × No face was found. Ada/1.jpg, Ada/2.jpg, Ada/3.jpg and 2 more',
      '  2 × Face too small: Bo/1.jpg (The face is too small: 9 pixels wide.), Bo/2.jpg (The face is too small: 11 pixels wide.)',
      '  1 × It was not unpacked: it is password-protected. Unpack the archive on your computer and add the folder. a.zip/x.jpg',
    ]);
  });

  it('says how people are named only where it could be otherwise', () => {
    const byFolder = (folder: string, level: number, identities: number) => ({
      source: { kind: 'folder' as const, example: 'Images/001/frontal/1.jpg', folder, level },
      identities,
      unlabelled: 0,
      skipped: 0,
      names: [folder],
    });
    expect(labelText([byFolder('001', 1, 500)])).toBeNull();
    expect(labelText([byFolder('001', 1, 500), byFolder('frontal', 2, 1000)])).toBe(
      '500 people, named by the folder: “001” in Images/001/frontal/1.jpg. It would be 1000 with --person-level 2.',
    );
  });
});
