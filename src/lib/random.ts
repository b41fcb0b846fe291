/**
 * Seeded pseudo-random numbers: the same seed gives the same run, on every browser.
 *
 * The generator is sfc32 (Chris Doty-Humphrey, PractRand), seeded by hashing the seed with splitmix32.
 */
export interface Random {
  /** Uniform in [0, 1). */
  next(): number;
  /** Uniform integer in [0, n). */
  below(n: number): number;
  /** Uniform in [low, high). */
  between(low: number, high: number): number;
  /** Normal with mean 0 and standard deviation 1 (Box-Muller). */
  normal(): number;
  /** A new array with the same elements in random order (Fisher-Yates). */
  shuffled<T>(items: readonly T[]): T[];
  /** An independent stream, so that one consumer's draws do not move another's. */
  fork(label: string): Random;
}

export function createRandom(seed: number): Random {
  return fromState(splitmix(seed >>> 0), seed >>> 0);
}

function splitmix(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x9e3779b9) | 0;
    let z = state ^ (state >>> 16);
    z = Math.imul(z, 0x21f0aaad);
    z ^= z >>> 15;
    z = Math.imul(z, 0x735a2d97);
    return (z ^ (z >>> 15)) >>> 0;
  };
}

function fromState(seeder: () => number, seed: number): Random {
  let a = seeder() | 0;
  let b = seeder() | 0;
  let c = seeder() | 0;
  let counter = 1;
  const bits = (): number => {
    const sum = (((a + b) | 0) + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (c << 21) | (c >>> 11);
    c = (c + sum) | 0;
    return sum >>> 0;
  };
  for (let i = 0; i < 12; i++) bits();

  const random: Random = {
    next: () => bits() / 4294967296,
    below: (n) => Math.floor(random.next() * n),
    between: (low, high) => low + (high - low) * random.next(),
    normal: () => Math.sqrt(-2 * Math.log(1 - random.next())) * Math.cos(2 * Math.PI * random.next()),
    shuffled: (items) => {
      const result = [...items];
      for (let i = result.length - 1; i > 0; i--) {
        const j = random.below(i + 1);
        const held = result[i] as (typeof result)[number];
        result[i] = result[j] as (typeof result)[number];
        result[j] = held;
      }
      return result;
    },
    fork: (label) => {
      let hash = seed ^ 0x811c9dc5;
      for (let i = 0; i < label.length; i++) hash = Math.imul(hash ^ label.charCodeAt(i), 0x01000193);
      return createRandom(hash >>> 0);
    },
  };
  return random;
}
