import { afterAll, expect, it } from 'vitest';
import { presets } from '../../../src/config/presets.ts';
import type { TrainingConfig } from '../../../src/config/training-config.ts';
import { personId } from '../../../src/lib/brand.ts';
import { sourcesOf, startIngest } from '../ingest/run.ts';
import { listShared } from '../shared.ts';
import { startTrainer } from './worker.ts';

const root = 'data/lfw/train';
const personOf = (path: string): string => path.split('/').at(-2) ?? '';
const all = await listShared(root);
const names = [...new Set(all.map(personOf))].slice(0, 5);
/** Six photos of each of five people. */
const paths = names.flatMap((name) => all.filter((path) => personOf(path) === name).slice(0, 6));
const config: TrainingConfig = { ...presets.quick, backend: 'simd' };
const ingest = startIngest();
const trainer = startTrainer(() => {});
afterAll(() => {
  ingest.close();
  trainer.close();
});

it.skipIf(paths.length === 0)(
  'finds a photo in the folder of another person by the features that are there, and without them nothing (skipped without shared/)',
  async () => {
    const { faces } = await ingest.run(await sourcesOf(root, paths));
    const [first = '', second = ''] = names;
    const wrong = faces.find(({ path }) => personOf(path) === first)?.id;
    const right = faces.map(({ id, path }) => ({ id, person: personId(personOf(path)) }));
    const mixed = right.map((face) => (face.id === wrong ? { id: wrong, person: personId(second) } : face));
    expect(await trainer.call('findWrongFaces', { config, faces: mixed })).toEqual([]);
    await trainer.call('computeFeatures', { config, faces });
    expect(await trainer.call('findWrongFaces', { config, faces: right })).toEqual([]);
    expect(await trainer.call('findWrongFaces', { config, faces: mixed })).toEqual([
      { id: wrong, person: second, looksLike: first },
    ]);
  },
);
