import '@tensorflow/tfjs-backend-cpu';
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { toOnnx } from '../../../src/export/onnx/convert.ts';
import { decodeModel } from '../../../src/export/onnx/decode.ts';
import { encodeModel } from '../../../src/export/onnx/encode.ts';
import type { InputRange } from '../../../src/export/onnx/input.ts';
import { padsOf } from '../../../src/export/onnx/layers/padding.ts';
import { permute } from '../../../src/export/onnx/permute.ts';
import { runModel } from '../../../src/export/onnx/run/run.ts';
import { PIXEL_RANGES, type PixelRangeName } from '../../../src/lib/pixel-range.ts';
import { ProblemError } from '../../../src/lib/problem.ts';
import { createRandom } from '../../../src/lib/random.ts';
import { mobileFaceNet } from '../../../src/model/backbones/mobilefacenet/build.ts';
import { iresNet } from '../../../src/model/backbones/shared/iresnet.ts';
import { smallCnn } from '../../../src/model/backbones/small-cnn/build.ts';
import { vgg8 } from '../../../src/model/backbones/vgg8/build.ts';
import { oddNetwork, unsettle } from '../../fixtures/odd-network.ts';

const folder = mkdtempSync(join(tmpdir(), 'arcface-onnx-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
beforeAll(async () => {
  await tf.setBackend('cpu');
});

const none = new AbortController().signal;

interface Options {
  readonly taken?: InputRange['taken'];
  readonly range?: PixelRangeName;
  readonly foldNorms?: boolean;
}

async function fileOf(model: LayersModel, options: Options = {}): Promise<Uint8Array> {
  const { taken = 'bytes', range = 'symmetric-128', foldNorms = true } = options;
  const graph = await toOnnx(model, { range: { taken, wanted: PIXEL_RANGES[range] }, foldNorms }, none);
  return encodeModel(graph, { name: 'test', version: '1' });
}

const tiny = (channels: 1 | 3 = 3): LayersModel => {
  const model = vgg8({ shape: [8, 8, channels], embeddingSize: 4, dropout: 0.5 }, createRandom(1));
  unsettle(model, createRandom(2));
  return model;
};

/** One with the checker of the ONNX project; null where there is none. */
const python =
  ['/usr/bin/python3', 'python3'].find(
    (program) => spawnSync(program, ['-c', 'import onnx'], { stdio: 'ignore' }).status === 0,
  ) ?? null;

const CHECK = `
import sys, onnx
for path in sys.argv[1:]:
    model = onnx.load(path)
    onnx.checker.check_model(model, full_check=True)
    shapes = [[d.dim_value or d.dim_param for d in v.type.tensor_type.shape.dim]
              for v in [*model.graph.input, *model.graph.output]]
    print(model.ir_version, model.opset_import[0].version, shapes)
`;

describe("the ONNX project's own checker", () => {
  it.skipIf(python === null)(
    'accepts files of every kind of network, with the shapes that they say',
    async () => {
      const networks: readonly (readonly [LayersModel, Options])[] = [
        [smallCnn(32, 16, createRandom(1)), {}],
        [
          mobileFaceNet({ inputSize: 32, embeddingSize: 16, width: 1 }, createRandom(1)),
          { taken: 'symmetric' },
        ],
        [iresNet({ depth: 18, inputSize: 32, embeddingSize: 16, dropout: 0.4 }, createRandom(1)), {}],
        [tiny(1), { range: 'imagenet' }],
        [tiny(3), { range: 'imagenet', taken: 'symmetric' }],
        [oddNetwork(), {}],
        [oddNetwork(), { foldNorms: false }],
      ];
      const paths: string[] = [];
      for (const [i, [model, options]] of networks.entries()) {
        paths.push(join(folder, `${i}.onnx`));
        writeFileSync(join(folder, `${i}.onnx`), await fileOf(model, options));
        model.dispose();
      }
      const said = execFileSync(python ?? '', ['-c', CHECK, ...paths], { encoding: 'utf8' });
      const [first, ...others] = said.trim().split('\n');
      expect(first).toBe("8 17 [['batch', 3, 32, 32], ['batch', 16]]");
      expect(others).toHaveLength(networks.length - 1);
    },
    60_000,
  );
});

describe('an ONNX file', () => {
  const opsOf = async (model: LayersModel, options?: Options): Promise<string[]> =>
    decodeModel(await fileOf(model, options)).nodes.map(({ op }) => op);

  it('begins with Sub and Mul for programs that hand over bytes, and with at most a scale for others', async () => {
    const model = tiny();
    const ops = (options: Options) => opsOf(model, options);
    expect((await ops({})).slice(0, 3)).toEqual(['Sub', 'Mul', 'Conv']);
    const symmetric = { taken: 'symmetric' } as const;
    expect((await ops(symmetric)).slice(0, 2)).toEqual(['Mul', 'Conv']);
    expect((await ops({ ...symmetric, range: 'symmetric-127.5' }))[0]).toBe('Conv');
    expect((await ops({ ...symmetric, range: 'unit' })).slice(0, 3)).toEqual(['Mul', 'Add', 'Conv']);
  });

  it('is not taken for one that scales bytes because of how layers are called', async () => {
    const range = { taken: 'symmetric', wanted: PIXEL_RANGES.imagenet } as const;
    const { nodes } = await toOnnx(oddNetwork(), { range, foldNorms: false }, none);
    expect(nodes.map(({ name }) => name).filter((name) => /Sub_norm/.test(name))).toHaveLength(1);
    expect(nodes.filter(({ name }) => /^(Sub|Mul|_minus|_mul)/.test(name))).toEqual([]);
  });

  it('has its norms in the convolutions in front of them where that can be, or as nodes', async () => {
    const norms = (ops: readonly string[]) => ops.filter((op) => op === 'BatchNormalization').length;
    const model = tiny();
    // VGG8 has one norm behind a pooling.
    expect(norms(await opsOf(model))).toBe(1);
    expect(norms(await opsOf(model, { foldNorms: false }))).toBe(8);
  });

  it('runs as a check, and is refused where it is damaged', async () => {
    const bytes = await fileOf(tiny());
    const input = tf.randomUniform<tf.Rank.R4>([2, 3, 8, 8], 0, 255, 'float32', 1);
    expect(runModel(decodeModel(bytes), input).shape).toEqual([2, 4]);
    const read = decodeModel(bytes);
    const [first, ...nodes] = read.nodes;
    expect(() => runModel({ ...read, nodes }, input)).toThrow(ProblemError);
    const odd = { ...read, nodes: first ? [{ ...first, op: 'Loop' }, ...nodes] : [] };
    expect(() => runModel(odd, input)).toThrow(/operator "Loop"/);
    for (const cut of [0, 1, 100, bytes.length - 1]) {
      expect(() => decodeModel(bytes.slice(0, cut))).toThrow(ProblemError);
    }
    expect(() => decodeModel(Uint8Array.of(58, 255, 255, 255, 255, 255))).toThrow(ProblemError);
  });
});

it('pads as TensorFlow does, the odd pixel below and to the right', () => {
  const pads = (edge: number, size: number, stride: number, dilation = 1) =>
    padsOf(
      { name: '', shape: [edge, edge, 1] },
      { size: [size, size], strides: [stride, stride], dilations: [dilation, dilation], padding: 'same' },
    );
  expect(pads(112, 3, 2)).toEqual([0, 0, 1, 1]);
  expect(pads(7, 3, 2)).toEqual([1, 1, 1, 1]);
  expect(pads(8, 3, 1, 2)).toEqual([2, 2, 2, 2]);
  expect(pads(8, 2, 1)).toEqual([0, 0, 1, 1]);
  expect(pads(8, 1, 2)).toEqual([0, 0, 0, 0]);
});

it('puts numbers in another order of their axes', () => {
  // a[i][j][k] = 100 i + 10 j + k of 2 x 3 x 2
  const values = [0, 1, 2].flatMap((j) => [10 * j, 10 * j + 1]);
  const both = [...values, ...values.map((value) => value + 100)];
  const moved = permute(both, [2, 3, 2], [2, 0, 1]);
  expect(moved.dims).toEqual([2, 2, 3]);
  expect([...moved.values]).toEqual([0, 10, 20, 100, 110, 120, 1, 11, 21, 101, 111, 121]);
});
