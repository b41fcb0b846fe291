import { assert, present } from '../../lib/assert.ts';

/**
 * Numbers in another order of their axes: axis i of the result is axis `axes[i]` of what is given.
 *
 * @param dims sizes of what is given
 */
export function permute(
  values: ArrayLike<number>,
  dims: readonly number[],
  axes: readonly number[],
): { readonly values: Float32Array<ArrayBuffer>; readonly dims: number[] } {
  assert(axes.length === dims.length, 'an axis for each size');
  const steps = dims.map((_, i) => dims.slice(i + 1).reduce((product, size) => product * size, 1));
  const sizes = axes.map((axis) => present(dims[axis], 'a size'));
  const strides = axes.map((axis) => present(steps[axis], 'a step'));
  const result = new Float32Array(values.length);
  const at = sizes.map(() => 0);
  let from = 0;
  for (let to = 0; to < result.length; to++) {
    result[to] = values[from] ?? 0;
    // Like a mileage counter: the last axis moves, and takes the one before it along when it is through.
    for (let axis = sizes.length - 1; axis >= 0; axis--) {
      const [size, stride] = [sizes[axis] ?? 1, strides[axis] ?? 0];
      const next = (at[axis] ?? 0) + 1;
      from += stride;
      if (next < size) {
        at[axis] = next;
        break;
      }
      at[axis] = 0;
      from -= size * stride;
    }
  }
  return { values: result, dims: sizes };
}
