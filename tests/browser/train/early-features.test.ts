import { afterEach, expect, it } from 'vitest';
import { presets } from '../../../src/config/presets.ts';
import type { TrainingConfig } from '../../../src/config/training-config.ts';
import { sampleId } from '../../../src/lib/brand.ts';
import type { TrainerEvent } from '../../../src/protocol/trainer.ts';
import { FeatureCache } from '../../../src/train/task/feature-cache.ts';
import { syntheticPeople } from './synthetic.ts';
import { startTrainer } from './worker.ts';

const data = await syntheticPeople(5, 9, 2);
const config: TrainingConfig = { ...presets.quick, backend: 'simd', epochs: 2, batchSize: 16 };

const open: { close: () => void }[] = [];
afterEach(() => {
  for (const trainer of open.splice(0)) trainer.close();
});

/** A trainer of its own, and what it says of features that it computes in runs, as the last count of each run. */
function trainer() {
  const counts: number[] = [];
  const connection = startTrainer((event: TrainerEvent) => {
    if (event.kind === 'status' && event.status === 'preparing') counts.push(0);
    if (event.kind === 'preparing' && event.what.includes('features'))
      counts[counts.length - 1] = event.total;
  });
  open.push(connection);
  const train = () => connection.call('train', { config, data, verify: null });
  return { connection, counts, train };
}

it('a run takes over the features that were computed before it, computes the rest, and comes to the same', async () => {
  const plain = trainer();
  const expected = await plain.train();
  expect(plain.counts).toEqual([data.faces.length]);

  const early = trainer();
  const some = data.faces.slice(0, 20);
  expect(await early.connection.call('computeFeatures', { config, faces: some })).toBe(20);
  const report = await early.train();
  expect(early.counts).toEqual([data.faces.length - 20]);
  expect(report.firstLosses).toEqual(expected.firstLosses);
  expect(report.best).toEqual(expected.best);

  await early.train();
  expect(early.counts).toEqual([data.faces.length - 20, 0]);
  // Of another network nothing is known.
  const dlib: TrainingConfig = { ...config, backbone: { kind: 'pretrained-dlib', trained: 'embedding' } };
  const one = data.faces.slice(0, 1);
  expect(await early.connection.call('computeFeatures', { config: dlib, faces: one })).toBe(1);
  await early.train();
  expect(early.counts.at(-1)).toBe(data.faces.length);
});

it('a run that is started meanwhile ends the computation, and keeps what there is', async () => {
  const { connection, counts, train } = trainer();
  await connection.call('computeFeatures', { config, faces: data.faces.slice(0, 1) }); // starts the backend
  const computing = connection.call('computeFeatures', { config, faces: data.faces });
  const training = train();
  expect(await computing).toBeNull();
  const during = connection.call('computeFeatures', { config, faces: data.faces });
  expect(await during).toBeNull();
  await training;
  expect(counts[0]).toBeGreaterThan(0);
  expect(await connection.call('computeFeatures', { config, faces: data.faces })).toBe(data.faces.length);
});

it('the cache keeps what fits, drops faces that are gone, and is emptied for another network', () => {
  const cache = new FeatureCache(8).of('a');
  const row = Float32Array.of(1, 2, 3, 4);
  for (const id of ['x', 'y', 'z']) cache.set(sampleId(id), row);
  expect([cache.size, cache.get(sampleId('z'))]).toEqual([2, undefined]);
  cache.retain(new Set([sampleId('y')]));
  row.fill(0);
  cache.set(sampleId('z'), row);
  expect(cache.get(sampleId('y'))).toEqual(Float32Array.of(1, 2, 3, 4));
  expect(cache.of('a').size).toBe(2);
  expect(cache.of('b').size).toBe(0);
});
