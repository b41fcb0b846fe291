import { afterAll, expect, it } from 'vitest';
import { presets } from '../../../src/config/presets.ts';
import type { TrainingConfig } from '../../../src/config/training-config.ts';
import { personId } from '../../../src/lib/brand.ts';
import { samplePeople } from './sample-people.ts';
import { startTrainer } from './worker.ts';

const { people, faces } = await samplePeople(6);
const config: TrainingConfig = { ...presets.quick, backend: 'simd' };
const trainer = startTrainer(() => {});
afterAll(() => trainer.close());

/** Six photos of each; the last of the first person lies in the folder of the second. */
const some = faces.filter(({ person }, i) => i - faces.findIndex((face) => face.person === person) < 6);
const wrong = some.findLast(({ person }) => person === 0);
const folders = some.map(({ id, person }) => ({
  id,
  person: people[id === wrong?.id ? 1 : person]?.id ?? personId(''),
}));

it('finds a photo in the folder of another person by the features that are there, and without them nothing', async () => {
  expect(await trainer.call('findWrongFaces', { config, faces: folders })).toEqual([]);
  await trainer.call('computeFeatures', { config, faces: some });
  const found = await trainer.call('findWrongFaces', { config, faces: folders });
  expect(found).toEqual([{ id: wrong?.id, person: people[1]?.id, looksLike: people[0]?.id }]);
});
