import { type TensorInfo, util } from '@tensorflow/tfjs-core';
import { allFloat } from '../../host/kernel.ts';

/** What a fused convolution does with its sums. */
export interface Activation {
  readonly activation: string;
}

interface FusedInputs {
  readonly bias?: TensorInfo;
  readonly preluActivationWeights?: TensorInfo;
}

export interface Finish {
  readonly name: string;
  readonly code: string;
  readonly reads: readonly TensorInfo[];
}

const FUNCTIONS: Readonly<Record<string, string>> = {
  linear: 'z',
  relu: 'max(z, vec4f())',
  relu6: 'clamp(z, vec4f(), vec4f(6.0))',
  prelu: 'select(slopes_at(n) * z, z, z > vec4f())',
};

/**
 * Bias and activation of four channels from n on: `finish(n, values)` in WGSL; null for an activation or shapes that the
 * published kernels see to.
 *
 * @param first number of the first binding that is free
 */
export function finishOf(
  { bias, preluActivationWeights: slopes }: FusedInputs,
  { activation }: Activation,
  channels: number,
  first: number,
): Finish | null {
  const expression = FUNCTIONS[activation];
  const perChannel = [bias, slopes].every(
    (tensor) => !tensor || (util.sizeFromShape(tensor.shape) === channels && allFloat(tensor)),
  );
  if (!expression || !perChannel || (activation === 'prelu' && !slopes)) return null;
  const used = activation === 'prelu' ? slopes : undefined;
  const named = [...(bias ? [['bias', bias] as const] : []), ...(used ? [['slopes', used] as const] : [])];
  const reads = named.map(([, tensor]) => tensor);
  // Channels past the last are computed like others and not stored.
  const code = named.map(
    ([name], i) => `
@group(0) @binding(${first + i}) var<storage, read> ${name}: array<f32>;
fn ${name}_at(n: u32) -> vec4f {
  let last = params.n - 1u;
  return vec4f(${name}[min(n, last)], ${name}[min(n + 1u, last)], ${name}[min(n + 2u, last)], ${name}[min(n + 3u, last)]);
}`,
  );
  return {
    name: `${activation} ${bias !== undefined}`,
    code: [
      ...code,
      `fn finish(n: u32, values: vec4f) -> vec4f {
  let z = values${bias ? ' + bias_at(n)' : ''};
  return ${expression};
}`,
    ].join('\n'),
    reads,
  };
}
