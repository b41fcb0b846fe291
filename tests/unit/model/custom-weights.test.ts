import { expect, it } from 'vitest';
import { writeArchive } from '../../../src/lib/archive.ts';
import { readCustomModel } from '../../../src/model/custom-model/read.ts';

const bytesOf = (values: Float32Array<ArrayBuffer> | Int32Array<ArrayBuffer>): Uint8Array<ArrayBuffer> =>
  new Uint8Array(values.buffer);

/** A description with weights of these specs, and its files beside one another. */
function zipOf(weights: readonly object[], bytes: Uint8Array<ArrayBuffer>, files: number): Promise<Blob> {
  const paths = Array.from({ length: files }, (_, i) => `group1-shard${i + 1}of${files}.bin`);
  const each = Math.ceil(bytes.length / files);
  const layers = [{ class_name: 'Dense', config: { name: 'd', units: 2, batch_input_shape: [null, 70] } }];
  const json = {
    modelTopology: { class_name: 'Sequential', config: { name: 's', layers } },
    weightsManifest: [{ paths, weights }],
  };
  return writeArchive(
    [
      { name: 'model.json', data: new TextEncoder().encode(JSON.stringify(json)) },
      ...paths.map((name, i) => ({ name, data: bytes.slice(i * each, (i + 1) * each) })),
    ],
    new Date(0),
  );
}

it('reads weights of 70 files, cut in the middle of a number', async () => {
  const values = Float32Array.from({ length: 142 }, (_, i) => i / 7);
  const specs = [
    { name: 'd/kernel', shape: [70, 2], dtype: 'float32' },
    { name: 'd/bias', shape: [2], dtype: 'float32' },
  ];
  const { weights } = await readCustomModel(await zipOf(specs, bytesOf(values), 70));
  expect(weights.get('d/kernel')?.values).toEqual(values.slice(0, 140));
  expect(weights.get('d/bias')?.values).toEqual(values.slice(140));
});

it('reads whole numbers and truth values, and leaves out what is of an optimiser', async () => {
  const bytes = new Uint8Array([
    ...bytesOf(Int32Array.of(7)),
    ...bytesOf(Int32Array.of(-3, 2 ** 20)),
    ...[1, 0],
    ...bytesOf(Float32Array.of(0.5)),
  ]);
  const specs = [
    { name: 'iter', shape: [], dtype: 'int32', group: 'optimizer' },
    { name: 'd/steps', shape: [2], dtype: 'int32' },
    { name: 'd/flags', shape: [2], dtype: 'bool' },
    { name: 'd/bias', shape: [1], dtype: 'float32' },
  ];
  const { weights } = await readCustomModel(await zipOf(specs, bytes, 1));
  expect(Object.fromEntries([...weights].map(([name, { values }]) => [name, [...values]]))).toEqual({
    'd/steps': [-3, 2 ** 20],
    'd/flags': [1, 0],
    'd/bias': [0.5],
  });
});
