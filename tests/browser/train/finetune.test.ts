import { expect, it } from 'vitest';
import { presets } from '../../../src/config/presets.ts';
import { startBackend } from '../../../src/engine/selection/start-backend.ts';
import { createRandom } from '../../../src/lib/random.ts';
import { embedFaces } from '../../../src/model/embed.ts';
import { runLoop } from '../../../src/train/loop/loop.ts';
import { RunControl } from '../../../src/train/loop/run-control.ts';
import { takeCheckpoint } from '../../../src/train/step/checkpoint.ts';
import { createTask } from '../../../src/train/task/create-task.ts';
import { syntheticPeople } from './synthetic.ts';

const PEOPLE = 3;

/** Fine-tune on a few synthetic people: what shall learn does, what shall not does not, and the download is the same. */
it.each([
  ['pretrained-mobilefacenet', 'all', 112, 0],
  ['pretrained-mobilefacenet', 'last-blocks', 112, 40],
  // Of dlib's, three identities that add channels of zeros never learn.
  ['pretrained-dlib', 'all', 150, 3],
  ['pretrained-dlib', 'last-blocks', 150, 30],
] as const)('Fine-tune of %s, %s, moves exactly those layers, and the loss falls', async (kind, trained, edge, frozen) => {
  await startBackend('simd');
  const data = await syntheticPeople(PEOPLE, 4, 5);
  const labels = data.faces.map(({ person }) => person);
  const config = {
    ...presets.finetune,
    backbone: { kind, trained } as const,
    batchSize: 6,
    epochs: 6,
    learningRate: kind === 'pretrained-dlib' ? 5e-5 : 2e-4,
    // At its full size from the start, or the loss would rise with it.
    margin: {
      kind: 'arcface',
      m: 0.5,
      easy: false,
      pastPi: 'continued',
      gradient: 'exact',
      warmupFraction: 0,
    } as const,
    augment: presets.quick.augment,
  };
  const signal = new AbortController().signal;
  const faces = labels.map((_, face) => face);
  const task = await createTask({
    images: data.faces,
    training: { faces, labels, classes: PEOPLE },
    config,
    scale: 16,
    customModel: null,
    cache: null,
    random: createRandom(3),
    signal,
    onPreparing: () => {},
  });
  const { network } = task.learner;
  const before = await takeCheckpoint(task.learner);
  const { firstLosses, problem } = await runLoop({
    task,
    config,
    faces,
    labels,
    random: createRandom(4),
    control: new RunControl(),
    signal,
    onPoints: () => {},
    onPause: () => {},
    onRollback: () => {},
    onEpoch: async () => true,
  });
  expect(problem).toBeNull();
  // Over all photos: the first epoch and the last. Seen from their middle, dlib's embeddings of so few fit almost at once.
  const [first, last] = [firstLosses.slice(0, 2), firstLosses.slice(-2)].map((losses) =>
    losses.reduce((sum, loss) => sum + loss, 0),
  );
  expect(last).toBeLessThan((first ?? 0) * (kind === 'pretrained-dlib' ? 0.95 : 0.8));
  const after = await takeCheckpoint(task.learner);
  const still = after.network.filter(({ values }, i) =>
    values.every((value, k) => value === before.network[i]?.values[k]),
  ).length;
  if (trained === 'all') expect(still).toBe(frozen);
  else {
    expect(still).toBeGreaterThanOrEqual(frozen);
    expect(still).toBe(network.nonTrainableWeights.length);
  }
  const built = await task.build(after.network);
  const picture = [Uint8Array.from({ length: edge * edge * 3 }, (_, i) => (i * 37) % 251)];
  const options = { flip: true, batchSize: 1, signal };
  const { values } = await embedFaces(built, picture, options);
  expect([...values]).toEqual([...(await embedFaces(network, picture, options)).values]);
  built.dispose();
  task.dispose();
});
