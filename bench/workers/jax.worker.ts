/** The same network and step in jax-js, as one function that it compiles whole. */
import { defaultDevice, init, jit, numpy as np, valueAndGrad } from '@jax-js/jax';
import { findWebGpu } from '../../src/engine/selection/devices.ts';
import { type Case, CLASSES, MOMENTUM, RATE, slowBatch, WEIGHT_DECAY } from '../case.ts';
import { planBackbone } from '../plan.ts';
import { claimCores } from './claim-cores.ts';
import { type Averages, arcFaceLoss, forward, initialWeights, type Weights } from './jax-network.ts';
import { type Running, randomPictures, seededRandom, serveBench } from './running.ts';

type State = { weights: Weights; speeds: Weights; averages: Averages };

async function prepare({ contender, threads }: Case): Promise<{ adapter: string | null; slow: boolean }> {
  if (contender === 'jax-webgpu') {
    const device = await findWebGpu();
    if (typeof device === 'string') throw new Error(device);
    if (!(await init('webgpu')).includes('webgpu')) throw new Error('it did not start on WebGPU');
    defaultDevice('webgpu');
    return { adapter: device.name, slow: device.software };
  }
  claimCores(threads);
  await init('wasm');
  defaultDevice('wasm');
  return { adapter: null, slow: false };
}

/** The rows that TensorFlow.js has pixel by pixel, channel by channel. */
function planar(values: Float32Array<ArrayBuffer>, batch: number, pixels: number): Float32Array<ArrayBuffer> {
  const result = new Float32Array(values.length);
  for (let b = 0; b < batch; b++) {
    for (let p = 0; p < pixels; p++) {
      for (let c = 0; c < 3; c++) result[(b * 3 + c) * pixels + p] = values[(b * pixels + p) * 3 + c] ?? 0;
    }
  }
  return result;
}

async function start(spec: Case): Promise<Running> {
  const { adapter, slow } = await prepare(spec);
  const { backbone, batch, size, threads } = slow ? { ...spec, batch: slowBatch(spec) } : spec;
  const plan = planBackbone(backbone, size);
  const random = seededRandom();
  const initial = initialWeights(plan, random.fork('network'));
  const pictures = randomPictures({ ...spec, batch }, random.fork('pictures'));
  const values = planar(pictures.values, batch, size * size);
  const inputs = (): np.Array => np.array(values).reshape([batch, 3, size, size]);
  const started = {
    batch,
    threads: spec.contender === 'jax-wasm' ? threads : 1,
    userAgent: navigator.userAgent,
    adapter,
  };

  if (spec.forward) {
    const embed = jit((weights: Weights, averages: Averages, x: np.Array) => {
      const { embeddings, centres, averages: same } = forward(plan, weights, averages, x, false);
      centres.dispose();
      for (const average of same) average.dispose();
      return embeddings;
    });
    const step = async (): Promise<null> => {
      await embed(keepWeights(initial.weights), keep(initial.averages), inputs()).data();
      return null;
    };
    return { started, step };
  }

  const lossOf = (weights: Weights, averages: Averages, x: np.Array, oneHot: np.Array) => {
    const { embeddings, centres, averages: moved } = forward(plan, weights, averages, x, true);
    const result: [np.Array, np.Array[]] = [arcFaceLoss(embeddings, centres, oneHot), moved];
    return result;
  };
  const gradient = valueAndGrad(lossOf, { hasAux: true });
  const train = jit(({ weights, speeds, averages }: State, x: np.Array, oneHot: np.Array) => {
    const [[loss, moved], gradients] = gradient(keepWeights(weights), averages, x, oneHot);
    const next: State = {
      weights: { kernels: [], others: [] },
      speeds: { kernels: [], others: [] },
      averages: moved,
    };
    for (const kind of ['kernels', 'others'] as const) {
      weights[kind].forEach((weight, i) => {
        const [raw, speed] = [gradients[kind][i], speeds[kind][i]];
        if (!raw || !speed) throw new Error('Internal error: a weight without a gradient');
        const g = kind === 'kernels' ? raw.add(weight.ref.mul(WEIGHT_DECAY)) : raw;
        const v = speed.mul(MOMENTUM).add(g);
        next.weights[kind].push(weight.sub(v.ref.mul(RATE)));
        next.speeds[kind].push(v);
      });
    }
    return { next, loss };
  });
  const zeros = (arrays: np.Array[]): np.Array[] => arrays.map((array) => np.zerosLike(array.ref));
  let state: State = {
    ...initial,
    speeds: { kernels: zeros(initial.weights.kernels), others: zeros(initial.weights.others) },
  };
  const step = async (): Promise<number> => {
    const oneHot = np.array(pictures.oneHot).reshape([batch, CLASSES]);
    const { next, loss } = train(state, inputs(), oneHot);
    state = next;
    const [value] = await loss.data();
    return value ?? Number.NaN;
  };
  return { started, step };
}

const keep = (arrays: np.Array[]): np.Array[] => arrays.map((array) => array.ref);
const keepWeights = ({ kernels, others }: Weights): Weights => ({
  kernels: keep(kernels),
  others: keep(others),
});

serveBench(start);
