import { beforeAll, expect, it } from 'vitest';
import { startBackend } from '../../../src/engine/start.ts';
import { createRandom } from '../../../src/lib/random.ts';
import { mobileFaceNet } from '../../../src/model/backbones/mobilefacenet.ts';
import { smallCnn } from '../../../src/model/backbones/small-cnn.ts';

beforeAll(() => startBackend('simd'));

it('have the parameters that their descriptions state', () => {
  const trained = (model: ReturnType<typeof smallCnn>): number => {
    const count = model.trainableWeights.reduce(
      (sum, { shape }) => sum + shape.reduce<number>((product, size) => product * (size ?? 1), 1),
      0,
    );
    model.dispose();
    return count;
  };
  const counts = ([32, 48, 64, 112] as const).map((edge) => trained(smallCnn(edge, 64, createRandom(1))));
  expect(counts).toEqual([89_472, 171_392, 126_528, 261_696]);
  expect(trained(mobileFaceNet(128, createRandom(1)))).toBe(1_003_136);
  expect(trained(mobileFaceNet(192, createRandom(1)))).toBe(1_036_032);
});
