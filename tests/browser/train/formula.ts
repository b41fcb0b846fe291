import { present } from '../../../src/lib/assert.ts';

/**
 * Numbers in [-1, 1) that bench/peers/torch_reference.py makes too: FNV-1a of the name, plus i times the golden ratio,
 * through murmur3's finaliser.
 */
export function hashed(name: string, count: number): Float64Array {
  let seed = 0x811c9dc5;
  for (const character of name) {
    seed = Math.imul(seed ^ present(character.codePointAt(0), 'a character'), 0x01000193) >>> 0;
  }
  return Float64Array.from({ length: count }, (_, i) => {
    let h = (seed + Math.imul(i, 0x9e3779b1)) >>> 0;
    h ^= h >>> 16;
    h = Math.imul(h, 0x85ebca6b);
    h ^= h >>> 13;
    h = Math.imul(h, 0xc2b2ae35);
    h ^= h >>> 16;
    return (h >>> 0) / 2 ** 31 - 1;
  });
}

/** A weight's first values, by the end of its name. */
export function starting(name: string, shape: readonly number[]): Float32Array {
  const size = shape.reduce((a, b) => a * b, 1);
  const u = hashed(name, size);
  const kind = name.split('/').at(-1);
  const fanIn = kind === 'depthwise_kernel' ? (shape[0] ?? 1) * (shape[1] ?? 1) : size / (shape.at(-1) ?? 1);
  switch (kind) {
    case 'kernel':
    case 'depthwise_kernel':
      return Float32Array.from(u, (value) => value * Math.sqrt(6 / fanIn));
    case 'gamma':
      return Float32Array.from(u, (value) => 1 + 0.2 * value);
    case 'beta':
      return Float32Array.from(u, (value) => 0.1 * value);
    case 'alpha':
      return Float32Array.from(u, (value) => 0.25 + 0.1 * value);
    default:
      return Float32Array.from(u);
  }
}

const PATCH = 28;

/** [batch, size, size, 3]: large patches with a little noise. */
export function pictures(b: number, batch: number, size: number): Float32Array {
  const edge = size / PATCH;
  const patches = hashed(`patches_${b}`, batch * edge * edge * 3);
  const noise = hashed(`noise_${b}`, batch * size * size * 3);
  return Float32Array.from(noise, (value, i) => {
    const c = i % 3;
    const x = Math.floor(i / 3) % size;
    const y = Math.floor(i / 3 / size) % size;
    const image = Math.floor(i / 3 / size / size);
    const patch = ((image * edge + Math.floor(y / PATCH)) * edge + Math.floor(x / PATCH)) * 3 + c;
    return 0.75 * present(patches[patch], 'a patch') + 0.25 * value;
  });
}
