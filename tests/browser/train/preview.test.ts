import { describe, expect, it } from 'vitest';
import { noAugmentation, presets } from '../../../src/config/presets.ts';
import type { AugmentConfig, TrainingConfig } from '../../../src/config/training-config.ts';
import { decodeFaces } from '../../../src/dataset/face-store.ts';
import { startBackend } from '../../../src/engine/selection/start-backend.ts';
import { present } from '../../../src/lib/assert.ts';
import { CancelledError } from '../../../src/lib/problem.ts';
import { loadForFineTuning } from '../../../src/model/backbones/pretrained.ts';
import { inputEdge } from '../../../src/model/embed.ts';
import { inputSizeOf, previewAugmentation } from '../../../src/train/augmentation-preview.ts';
import { syntheticPeople } from './synthetic.ts';
import { startTrainer } from './worker.ts';

const never = new AbortController().signal;
const faces = (await syntheticPeople(2, 1, 3)).faces.map(({ image }) => image);
const identity: AugmentConfig = { ...noAugmentation, mirror: false };
const scratch = (augment: Partial<AugmentConfig>, inputSize: 64 | 112 = 112): TrainingConfig => ({
  ...presets.scratch,
  backbone: { kind: 'small-cnn', inputSize, embeddingSize: 16 },
  augment: { ...identity, ...augment },
});

/** The pixels of each draw of the first face. */
async function drawn(config: TrainingConfig, seed = 1): Promise<Uint8Array[]> {
  const { edge, rows } = await previewAugmentation({ config, faces, draws: 6, seed }, never);
  return decodeFaces(present(rows[0], 'a face').draws, edge === 112 ? 112 : edge, never);
}

const same = (a: Uint8Array | undefined, b: Uint8Array | undefined): boolean =>
  a !== undefined && b !== undefined && a.length === b.length && a.every((value, i) => value === b[i]);

describe('the preview of the augmentation', () => {
  it('gives the faces back exactly where nothing is changed', async () => {
    const { edge, rows } = await previewAugmentation(
      { config: scratch({}), faces, draws: 3, seed: 1 },
      never,
    );
    expect(edge).toBe(112);
    expect(rows).toHaveLength(2);
    const before = await decodeFaces(faces, 112, never);
    for (const [i, { original, draws }] of rows.entries()) {
      expect(draws).toHaveLength(3);
      for (const picture of await decodeFaces([original, ...draws], 112, never)) {
        expect(same(picture, before[i])).toBe(true);
      }
    }
  });

  it.each([
    ['mirror', true],
    ['rotationDegrees', 15],
    ['shift', 0.1],
    ['zoom', 0.2],
    ['colour', 0.4],
    ['blur', 1],
    ['erase', 1],
    ['lowResolution', 1],
  ] as const)('%s changes them, the same again with the same seed', async (setting, value) => {
    const config = scratch({ [setting]: value });
    const plain = (await decodeFaces(faces, 112, never))[0];
    const draws = await drawn(config);
    const changed = draws.filter((picture) => !same(picture, plain)).length;
    if (setting === 'mirror') {
      expect(changed).toBeGreaterThan(0);
      expect(changed).toBeLessThan(6);
    } else expect(changed).toBe(6);
    const again = await drawn(config);
    expect(draws.every((picture, i) => same(picture, again[i]))).toBe(true);
    const others = await drawn(config, 2);
    expect(draws.every((picture, i) => same(picture, others[i]))).toBe(false);
  });

  it('has the size that the network takes', async () => {
    const { edge, rows } = await previewAugmentation(
      { config: scratch({ mirror: true }, 64), faces, draws: 1, seed: 1 },
      never,
    );
    expect(edge).toBe(64);
    const bitmap = await createImageBitmap(present(rows[0]?.draws[0], 'a draw'));
    expect([bitmap.width, bitmap.height]).toEqual([64, 64]);
    await startBackend('cpu'); // the preview itself needs none
    for (const kind of ['pretrained-mobilefacenet', 'pretrained-dlib'] as const) {
      const network = await loadForFineTuning({ kind }, 'all');
      expect(inputSizeOf({ kind, trained: 'all' })).toBe(inputEdge(network));
      network.dispose();
    }
  });

  it('only mirrors where the features are computed once', async () => {
    const augment = { ...identity, mirror: true, erase: 1 };
    const draws = await drawn({ ...presets.quick, augment });
    const [plain] = await decodeFaces(faces.slice(0, 1), 112, never);
    const mirrored = draws.filter((picture) => !same(picture, plain));
    expect(mirrored.length).toBeGreaterThan(0);
    expect(mirrored.length).toBeLessThan(6);
    expect(mirrored.every((picture) => same(picture, mirrored[0]))).toBe(true);
    const whole = await drawn({ ...presets.finetune, augment });
    expect(whole.every((picture) => !same(picture, plain))).toBe(true);
  });

  it('comes through the door, beside a search, and can be aborted', async () => {
    const trainer = startTrainer(() => {});
    try {
      const config = scratch({ blur: 1 });
      const data = await syntheticPeople(4, 8, 2);
      const searching = trainer.call('findLearningRate', { config, data });
      const preview = await trainer.call('previewAugmentation', { config, faces, draws: 2, seed: 1 });
      expect(preview.rows.map(({ draws }) => draws.length)).toEqual([2, 2]);
      const abort = new AbortController();
      const late = trainer.call('previewAugmentation', { config, faces, draws: 99, seed: 1 }, abort.signal);
      abort.abort();
      await expect(late).rejects.toBeInstanceOf(CancelledError);
      await expect(searching).resolves.toBeDefined();
    } finally {
      trainer.close();
    }
  });

  it('says what is wrong with a face that cannot be decoded', async () => {
    const broken = new Blob(['no picture'], { type: 'image/png' });
    const preview = previewAugmentation({ config: scratch({}), faces: [broken], draws: 1, seed: 1 }, never);
    await expect(preview).rejects.toThrow('could not be decoded for training');
  });
});
