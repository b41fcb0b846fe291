import '@tensorflow/tfjs-backend-cpu';
import { expect, it } from 'vitest';
import { backboneConfig } from '../../../bench/backbone-config.ts';
import { type BackboneName, CLASSES, EMBEDDING, LOGIT_SCALE } from '../../../bench/case.ts';
import { countFlops, planBackbone } from '../../../bench/plan.ts';
import { stockNetwork } from '../../../bench/workers/stock-network.ts';
import { createRandom } from '../../../src/lib/random.ts';
import { createBackbone } from '../../../src/model/backbones/create-backbone.ts';
import { chooseScale } from '../../../src/model/scale.ts';

it.each<[BackboneName, number]>([
  ['mobilefacenet', 112],
  ['mobilefacenet', 48],
  ['small-cnn', 32],
  ['small-cnn', 112],
])("%s at %i: the peers' network has the weights of the program's own, one by one", (backbone, size) => {
  const work = { backbone, size, batch: 2, threads: 1, forward: false, wholeBatch: false };
  const own = createBackbone(backboneConfig(work), createRandom(1));
  const plan = planBackbone(backbone, size);
  const peer = stockNetwork(plan, size);
  const shapes = (model: typeof own) => model.weights.map((weight) => weight.shape);
  expect(shapes(peer)).toEqual(shapes(own));
  expect(peer.outputs[0]?.shape).toEqual([null, EMBEDDING[backbone]]);
});

it('counts 1.315 GFLOP a photo for a training step of MobileFaceNet', () => {
  const plan = planBackbone('mobilefacenet', 112);
  expect(countFlops(plan, false) / 1e9).toBeCloseTo(1.315, 3);
  expect(countFlops(plan, true) / 1e9).toBeCloseTo(0.442, 3);
});

it("scales the peers' logits as the program scales its own", () => {
  expect(chooseScale('auto', CLASSES).value).toBe(LOGIT_SCALE);
});
