import { ProblemError } from '../../../lib/problem.ts';
import { RESERVED } from './layout.generated.ts';

/** WebAssembly counts memory in pages of 64 kB, and has at most 4 GB of them. */
const PAGE = 65536;
export const MOST_PAGES = 65536;
/** Kernels read whole vectors, up to this far past the last number of a tensor. */
const SLACK = 64;
/** Grown in steps, because growing is slow. */
const GROW_PAGES = 512;

/**
 * Allocates blocks of the WebAssembly memory. Freed blocks are kept by size and reused, since every
 * training step asks for the same sizes; before the memory grows, adjacent free blocks are merged.
 *
 * Addresses are multiples of 64; sizes are rounded up by at most a sixteenth.
 */
export class Heap {
  readonly memory: WebAssembly.Memory;
  /** Bytes in use, with rounding. */
  used = 0;
  private readonly sizes = new Map<number, number>();
  private readonly free = new Map<number, number[]>();
  private top = RESERVED;
  private words: { readonly i32: Int32Array; readonly f32: Float32Array };

  private readonly mostPages: number;

  /** @param mostPages the memory's own maximum */
  constructor(memory: WebAssembly.Memory, mostPages = MOST_PAGES) {
    this.memory = memory;
    this.mostPages = mostPages;
    this.words = views(memory);
  }

  /** The whole memory as 4-byte integers. Do not keep: growing replaces it. */
  get i32(): Int32Array {
    return this.words.i32;
  }

  /** The whole memory as 32-bit floats. Do not keep: growing replaces it. */
  get f32(): Float32Array {
    return this.words.f32;
  }

  /** Bytes of memory taken from the browser. */
  get size(): number {
    return this.memory.buffer.byteLength;
  }

  /** @throws ProblemError when the browser gives no more memory */
  allocate(bytes: number): number {
    const size = rounded(bytes);
    const address = this.free.get(size)?.pop() ?? this.bump(size) ?? this.reuse(size) ?? this.grow(size);
    this.sizes.set(address, size);
    this.used += size;
    return address;
  }

  release(address: number): void {
    const size = this.sizes.get(address);
    if (size === undefined) throw new Error(`Internal error: ${address} is not allocated`);
    this.sizes.delete(address);
    this.used -= size;
    this.keep(address, size);
  }

  private keep(address: number, size: number): void {
    const list = this.free.get(size);
    if (list) list.push(address);
    else this.free.set(size, [address]);
  }

  /** From the part of the memory that was never given out. */
  private bump(size: number): number | null {
    if (this.top + size + SLACK > this.size) return null;
    const address = this.top;
    this.top += size;
    return address;
  }

  /** From a larger free piece, the smallest that is large enough; joins neighbours if there is none. */
  private reuse(size: number): number | null {
    return this.split(size) ?? (this.join() ? (this.bump(size) ?? this.split(size)) : null);
  }

  private split(size: number): number | null {
    let best = Number.POSITIVE_INFINITY;
    for (const [candidate, list] of this.free) {
      if (list.length > 0 && candidate >= size && candidate < best) best = candidate;
    }
    const address = this.free.get(best)?.pop();
    if (address === undefined) return null;
    if (best > size) this.keep(address + size, best - size);
    return address;
  }

  /** True when any two free pieces were neighbours. */
  private join(): boolean {
    const pieces = [...this.free].flatMap(([size, list]) => list.map((address) => ({ address, size })));
    pieces.sort((a, b) => a.address - b.address);
    this.free.clear();
    const before = pieces.length + 1;
    const joined: { address: number; size: number }[] = [];
    for (const piece of pieces) {
      const last = joined.at(-1);
      if (last && last.address + last.size === piece.address) last.size += piece.size;
      else joined.push(piece);
    }
    const last = joined.at(-1);
    if (last && last.address + last.size === this.top) {
      this.top = last.address;
      joined.pop();
    }
    for (const { address, size } of joined) this.keep(address, size);
    return joined.length + 1 < before;
  }

  private grow(size: number): number {
    const missing = Math.ceil((this.top + size + SLACK - this.size) / PAGE);
    const most = this.mostPages - this.size / PAGE;
    for (const pages of [Math.min(most, Math.max(missing, GROW_PAGES)), missing]) {
      if (pages < missing) continue;
      try {
        this.memory.grow(pages);
        this.words = views(this.memory);
        const address = this.bump(size);
        if (address !== null) return address;
      } catch {
        // Tried again with less; then an error that says what to do.
      }
    }
    throw outOfMemory(this.used, size);
  }
}

function views(memory: WebAssembly.Memory): { readonly i32: Int32Array; readonly f32: Float32Array } {
  return { i32: new Int32Array(memory.buffer), f32: new Float32Array(memory.buffer) };
}

/** Multiples of 64, and of a sixteenth of the next power of two below, so that nearly equal sizes share. */
function rounded(bytes: number): number {
  const step = Math.max(64, 2 ** (Math.floor(Math.log2(Math.max(1, bytes))) - 4));
  return Math.max(64, Math.ceil(bytes / step) * step);
}

const megabytes = (bytes: number): string => `${Math.round(bytes / 2 ** 20).toLocaleString('en')} MB`;

function outOfMemory(used: number, asked: number): ProblemError {
  const share = Math.floor((100 * used) / (used + asked));
  return new ProblemError(
    `The CPU backend (WebAssembly SIMD) ran out of memory: ${megabytes(used)} are in use and ${megabytes(asked)} more were needed at once.`,
    `Choose a smaller batch (at most about ${share} % of the present one), smaller images or a smaller network.`,
  );
}
