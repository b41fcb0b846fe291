import type { TrainingSet, VerificationPair, VerificationSet } from '../../../src/domain/faces.ts';
import { personId, sampleId } from '../../../src/lib/brand.ts';
import { listShared, readShared } from '../shared.ts';

/** The aligned 112x112 grey crops of shared/data/cctv as they are: no intake needed. Null where missing. */
export async function loadCctv(): Promise<{ train: TrainingSet; verify: VerificationSet } | null> {
  const trainPaths = (await listShared('data/cctv/train')).filter((path) => path.endsWith('.png'));
  const testPaths = (await listShared('data/cctv/test')).filter((path) => path.endsWith('.png'));
  if (trainPaths.length === 0 || testPaths.length === 0) return null;
  const people = [...new Set(trainPaths.map(folder))];
  const testPeople = [...new Set(testPaths.map(folder))];
  const pairs = await (await readShared('data/cctv/test_pairs.txt')).text();
  return {
    train: {
      people: people.map((name) => ({ id: personId(name), name })),
      faces: await Promise.all(
        trainPaths.map(async (path) => ({
          id: sampleId(path),
          person: people.indexOf(folder(path)),
          image: await readShared(path),
        })),
      ),
    },
    verify: {
      people: testPeople,
      faces: await Promise.all(
        testPaths.map(async (path) => ({
          person: testPeople.indexOf(folder(path)),
          image: await readShared(path),
        })),
      ),
      folds: parsePairs(pairs, testPaths),
    },
  };
}

const folder = (path: string): string => path.split('/').at(-2) ?? '';

/** LFW's syntax: folds and pairs a fold; then per fold matched lines `name a b`, mismatched `name a name b`. */
function parsePairs(text: string, paths: readonly string[]): VerificationPair[][] {
  const lines = text.trim().split('\n');
  const [folds = 1, size = 0] = (lines[0] ?? '').split(/\s+/).map(Number);
  const find = (name: string, number: string): number => {
    const wanted = `${name}_${number.padStart(4, '0')}.png`;
    const index = paths.findIndex((path) => path.endsWith(`/${wanted}`));
    if (index < 0) throw new Error(`no ${wanted}`);
    return index;
  };
  return Array.from({ length: folds }, (_, fold) =>
    lines.slice(1 + fold * size * 2, 1 + (fold + 1) * size * 2).map((line) => {
      const [name = '', a = '', other = '', b] = line.trim().split(/\s+/);
      return b === undefined
        ? { a: find(name, a), b: find(name, other), genuine: true }
        : { a: find(name, a), b: find(other, b), genuine: false };
    }),
  );
}
