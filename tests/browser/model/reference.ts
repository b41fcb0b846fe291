/**
 * The small CNN and the ArcFace head once more, in plain loops over 64-bit numbers, written from the definitions and
 * without TensorFlow.js: what the gradients of every backend are held against.
 */

/** Numbers with their shape, row-major. */
export interface Values {
  readonly shape: readonly number[];
  readonly data: Float64Array;
}

/** Named as the layers name them, e.g. `conv1/kernel`. */
export type Weights = ReadonlyMap<string, Values>;

export interface Problem {
  /** [B, H, W, C], or [B, features] for a single dense layer. */
  readonly inputs: Values;
  readonly labels: readonly number[];
  /** ArcFace's margin in radians. */
  readonly margin: number;
  readonly scale: number;
  readonly normEpsilon: number;
}

const at = (data: Float64Array, i: number): number => data[i] ?? Number.NaN;
const axis = ({ shape }: Values, i: number): number => shape[i] ?? Number.NaN;
const zeros = (...shape: number[]): Values => ({
  shape,
  data: new Float64Array(shape.reduce((product, size) => product * size, 1)),
});

/** 3x3 convolution, stride 2, padded as TensorFlow's "same": out = ceil(in / 2), the odd pixel at the far edge. */
function convolve(x: Values, kernel: Values): Values {
  const [b, h, w, c] = [axis(x, 0), axis(x, 1), axis(x, 2), axis(x, 3)];
  const [k, filters] = [axis(kernel, 0), axis(kernel, 3)];
  const [oh, ow] = [Math.ceil(h / 2), Math.ceil(w / 2)];
  const before = (size: number, out: number): number => Math.floor(Math.max((out - 1) * 2 + k - size, 0) / 2);
  const [top, left] = [before(h, oh), before(w, ow)];
  const y = zeros(b, oh, ow, filters);
  for (let n = 0; n < b; n++)
    for (let i = 0; i < oh; i++)
      for (let j = 0; j < ow; j++)
        for (let di = 0; di < k; di++)
          for (let dj = 0; dj < k; dj++) {
            const [row, column] = [i * 2 + di - top, j * 2 + dj - left];
            if (row < 0 || row >= h || column < 0 || column >= w) continue;
            for (let ci = 0; ci < c; ci++) {
              const value = at(x.data, ((n * h + row) * w + column) * c + ci);
              const from = ((di * k + dj) * c + ci) * filters;
              const to = ((n * oh + i) * ow + j) * filters;
              for (let f = 0; f < filters; f++)
                y.data[to + f] = at(y.data, to + f) + value * at(kernel.data, from + f);
            }
          }
  return y;
}

/** Batch-norm in training: over all axes but the last, with the batch's own mean and (biased) variance. */
function normalise(x: Values, gamma: Values, beta: Values, epsilon: number): Values {
  const channels = axis(gamma, 0);
  const rows = x.data.length / channels;
  const y = zeros(...x.shape);
  for (let c = 0; c < channels; c++) {
    let mean = 0;
    for (let r = 0; r < rows; r++) mean += at(x.data, r * channels + c) / rows;
    let variance = 0;
    for (let r = 0; r < rows; r++) variance += (at(x.data, r * channels + c) - mean) ** 2 / rows;
    const factor = at(gamma.data, c) / Math.sqrt(variance + epsilon);
    for (let r = 0; r < rows; r++)
      y.data[r * channels + c] = (at(x.data, r * channels + c) - mean) * factor + at(beta.data, c);
  }
  return y;
}

function prelu(x: Values, alpha: Values): Values {
  const channels = alpha.data.length;
  return { shape: x.shape, data: x.data.map((v, i) => (v > 0 ? v : v * at(alpha.data, i % channels))) };
}

function dense(x: Values, kernel: Values): Values {
  const [rows, columns] = [axis(x, 0), axis(kernel, 1)];
  const inner = x.data.length / rows;
  const y = zeros(rows, columns);
  for (let r = 0; r < rows; r++)
    for (let i = 0; i < inner; i++)
      for (let c = 0; c < columns; c++)
        y.data[r * columns + c] =
          at(y.data, r * columns + c) + at(x.data, r * inner + i) * at(kernel.data, i * columns + c);
  return y;
}

/** Mean over the batch of -log softmax, with theta + m on the own class, in angles as the paper writes it. */
function arcFaceLoss(embeddings: Values, centres: Values, { labels, margin, scale }: Problem): number {
  const [rows, size, classes] = [axis(embeddings, 0), axis(embeddings, 1), axis(centres, 0)];
  const row = (m: Values, r: number): Float64Array => m.data.subarray(r * size, (r + 1) * size);
  const cosine = (a: Float64Array, b: Float64Array): number =>
    a.reduce((sum, value, i) => sum + value * at(b, i), 0) / Math.hypot(...a) / Math.hypot(...b);
  let loss = 0;
  for (let r = 0; r < rows; r++) {
    const own = labels[r] ?? 0;
    const logits = Array.from({ length: classes }, (_, k) => {
      const c = cosine(row(embeddings, r), row(centres, k));
      if (k !== own) return scale * c;
      const theta = Math.acos(c);
      return scale * (theta + margin <= Math.PI ? Math.cos(theta + margin) : c + Math.cos(margin) - 1);
    });
    loss += Math.log(logits.reduce((sum, z) => sum + Math.exp(z), 0)) - (logits[own] ?? Number.NaN);
  }
  return loss / rows;
}

/** The loss of the batch: through the convolutions where the weights have any, else through one dense layer. */
export function referenceLoss(weights: Weights, problem: Problem): number {
  const need = (name: string): Values => {
    const found = weights.get(name);
    if (!found) throw new Error(`no ${name}`);
    return found;
  };
  const norm = (x: Values, name: string): Values =>
    normalise(x, need(`${name}/gamma`), need(`${name}/beta`), problem.normEpsilon);
  let x = problem.inputs;
  for (let stage = 1; weights.has(`conv${stage}/kernel`); stage++)
    x = prelu(norm(convolve(x, need(`conv${stage}/kernel`)), `norm${stage}`), need(`prelu${stage}/alpha`));
  x = dense(x, need('embedding/kernel'));
  if (weights.has('embedding_norm/gamma')) x = norm(x, 'embedding_norm');
  return arcFaceLoss(x, need('centres'), problem);
}

/** Slope of the loss along a direction in one weight, by central differences: error about h^2 = 1e-8. */
export function referenceSlope(
  weights: Weights,
  name: string,
  direction: Float64Array,
  problem: Problem,
): number {
  const h = 1e-4;
  const moved = (by: number): number => {
    const old = weights.get(name);
    if (!old) throw new Error(`no ${name}`);
    const data = old.data.map((value, i) => value + by * at(direction, i));
    return referenceLoss(new Map([...weights, [name, { shape: old.shape, data }]]), problem);
  };
  return (moved(h) - moved(-h)) / (2 * h);
}
