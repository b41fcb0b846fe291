import { expect, it } from 'vitest';
import { presets } from '../../../src/config/presets.ts';
import { trainingConfigSchema } from '../../../src/config/training-config.ts';
import { settingsOf } from '../../../src/state/settings/settings-form.ts';

const withBackbone = (backbone: unknown) => trainingConfigSchema.safeParse({ ...presets.scratch, backbone });

it('a file from before MobileFaceNet had a width still opens, at the width of then', () => {
  const old = { kind: 'mobilefacenet', inputSize: 112, embeddingSize: 192 };
  expect(withBackbone(old).data?.backbone).toEqual({ ...old, width: 1 });
});

it.each([
  { kind: 'mobilefacenet', inputSize: 112, embeddingSize: 512, width: 3 },
  { kind: 'iresnet-34', inputSize: 112, embeddingSize: 512, dropout: 0 },
  { kind: 'iresnet-18', inputSize: 56, embeddingSize: 512, dropout: 0 },
  { kind: 'mobilefacenet', embeddingSize: 512, width: 1 },
  { kind: 'iresnet-18', inputSize: 112, embeddingSize: 512 },
  { kind: 'vgg8', inputSize: 112, embeddingSize: 512, dropout: 1 },
  { kind: 'vgg8', inputSize: 100, embeddingSize: 512, dropout: 0.5 },
])('%j is refused', (backbone) => {
  expect(withBackbone(backbone).success).toBe(false);
});

it('every network made here takes the same sizes of pictures, and a person can choose among all of them', () => {
  const offered = settingsOf(presets.scratch);
  const networks = offered.find(({ path }) => path === 'backbone');
  const sizes = offered.find(({ path }) => path === 'backbone.inputSize');
  if (networks?.kind !== 'variant' || sizes?.kind !== 'choice') throw new Error('they are no choice');
  for (const { value } of networks.choices.filter((choice) => choice.value.kind !== 'custom')) {
    expect(sizes.when?.is).toContain(value.kind);
    for (const { value: inputSize } of sizes.choices) {
      expect(withBackbone({ ...value, inputSize }).data?.backbone).toEqual({ ...value, inputSize });
    }
  }
});

it.each([
  ['quick', ['pretrained-mobilefacenet', 'pretrained-dlib', 'custom']],
  ['finetune', ['pretrained-mobilefacenet', 'pretrained-dlib', 'custom']],
  ['scratch', ['small-cnn', 'vgg8', 'mobilefacenet', 'iresnet-18', 'iresnet-50', 'custom']],
] as const)('%s offers its networks, and says of each in one line what it is good for', (preset, kinds) => {
  const setting = settingsOf(presets[preset]).find(({ path }) => path === 'backbone');
  if (setting?.kind !== 'variant') throw new Error('the networks are no choice');
  expect(setting.choices.map(({ value }) => value.kind)).toEqual(kinds);
  for (const { about } of setting.choices) expect(about).toMatch(/^.{20,150}\.$/);
  const standard = setting.choices.find(({ value }) => value.kind === presets[preset].backbone.kind);
  expect(standard?.value).toEqual(presets[preset].backbone);
});

it("a file from before dlib's network could be fine-tuned still opens, as Quick trains it", () => {
  const parsed = withBackbone({ kind: 'pretrained-dlib' });
  expect(parsed.data?.backbone).toEqual({ kind: 'pretrained-dlib', trained: 'embedding' });
});

it('a file from before custom models had that name still opens', () => {
  const custom = { kind: 'custom', inputSize: 64, range: 'unit', frozenUpTo: null, cutSoftmax: false };
  expect(withBackbone({ ...custom, kind: 'own' }).data?.backbone).toEqual(custom);
});
