// Where the threads meet. The first 64 kB of the memory hold what all of them read; behind that is the heap,
// which the calling thread gives out.

/** What is to be done: written by the calling thread, read by all. Words of 4 bytes. */
export const KIND: usize = 1024;
export const TOTAL: usize = 1028;
export const GRAIN: usize = 1032;
/** Arguments of the kernel: 32 integers or addresses, and behind them 32 floats. */
export const ARGS: usize = 1088;

/** Next piece of work that nobody has taken; in a cache line of its own. */
export const NEXT: usize = 1536;

/** Integer argument i. */
@inline
export function int(i: i32): i32 {
  return load<i32>(ARGS + ((<usize>i) << 2));
}

/** Address argument i. */
@inline
export function ptr(i: i32): usize {
  return load<u32>(ARGS + ((<usize>i) << 2));
}

/** Float argument i. */
@inline
export function float(i: i32): f32 {
  return load<f32>(ARGS + 128 + ((<usize>i) << 2));
}
