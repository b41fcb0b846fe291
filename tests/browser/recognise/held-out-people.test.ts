import { beforeAll, describe, expect, it } from 'vitest';
import { presets } from '../../../src/config/presets.ts';
import type { TrainingConfig } from '../../../src/config/training-config.ts';
import type { TrainingSet, VerificationSet } from '../../../src/domain/faces.ts';
import { exportTrained } from '../../../src/export/export-trained.ts';
import { tfjs } from '../../../src/export/formats/tfjs.ts';
import { openPhoto, wholeFace } from '../../../src/recognise/faces.ts';
import { galleryOf } from '../../../src/recognise/gallery.ts';
import { openModel } from '../../../src/recognise/open-model.ts';
import { RunControl } from '../../../src/train/loop/run-control.ts';
import { trainRun } from '../../../src/train/whole-run/train-run.ts';
import { syntheticPeople } from '../train/synthetic.ts';

const { signal } = new AbortController();
const quick: TrainingConfig = { ...presets.quick, backend: 'simd', epochs: 3 };
/** More held-out photos than are evaluated after each epoch. */
const scratch: TrainingConfig = {
  ...presets.scratch,
  ...{ backend: 'simd', epochs: 3, batchSize: 8 },
  backbone: { kind: 'small-cnn', inputSize: 32, embeddingSize: 8 },
};

let data: TrainingSet;
let others: VerificationSet;
beforeAll(async () => {
  data = await syntheticPeople(9, 8, 2);
  const { people, faces } = await syntheticPeople(3, 4, 5);
  others = { people: people.map(({ name }) => `Other ${name}`), faces, folds: null };
});

const run = (config: TrainingConfig, verify: VerificationSet | null, control = new RunControl()) =>
  trainRun({ config, data, verify }, control, signal, () => {});

describe('people who are held out of training', () => {
  it('are recognised by the model: all people of the training set are', async () => {
    const trained = await run(quick, null);
    const held = trained.report.split.verificationPeople;
    expect(held).toHaveLength(3);
    const { file } = await exportTrained(
      { format: tfjs, name: 'all', operatingPoint: 'equal-error-rate', trained, data },
      signal,
    );
    const model = await openModel(file, signal);
    try {
      expect(model.about.people).toEqual({ trained: 6, enrolled: 3 });
      const { mean = Number.NaN, deviation = Number.NaN, count } = trained.impostors ?? {};
      expect(count).toBe(3 * 8 * 6);
      const naming = Math.min(0.95, mean + deviation * 3.5401); // z(0.01 / 50)
      const ofPairs = trained.report.best.verification?.threshold ?? Number.NaN;
      expect(model.about.threshold.cosine).toBeCloseTo(Math.max(naming, ofPairs), 4);
      expect(model.people.map(({ name }) => name).sort()).toEqual(data.people.map(({ name }) => name));
      const gallery = galleryOf(model.embeddingSize, model.people);
      const ofHeldOut = data.faces.filter(({ person }) => held.includes(data.people[person]?.name ?? ''));
      const faces = await Promise.all(
        ofHeldOut.map(async ({ image }) => wholeFace(await openPhoto(image)).pixels),
      );
      const embeddings = await model.embed(faces, signal);
      const right = embeddings.filter((embedding, i) => {
        const { best } = gallery.decide(embedding, -1);
        return best?.name === data.people[ofHeldOut[i]?.person ?? -1]?.name;
      });
      expect(right.length).toBeGreaterThanOrEqual(22); // of 24
    } finally {
      model.dispose();
    }
  });

  it.each([
    'none',
    'a separate verification set',
  ] as const)('have templates of length 1: %s', async (given) => {
    const { templates, report } = await run(scratch, given === 'none' ? null : others);
    const names = templates.map(({ person }) => data.people[person]?.name);
    expect(names).toEqual(report.split.verificationPeople);
    for (const { direction } of templates) {
      expect(direction).toHaveLength(8);
      expect(Math.hypot(...direction)).toBeCloseTo(1, 6);
    }
    expect(report.verify === null).toBe(given === 'none');
    expect(report.remarks.join(' ')).not.toContain('not among those');
  });
});
