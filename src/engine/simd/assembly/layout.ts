import { FLOATS, INTEGERS } from './generated/layout';

// Arguments of the present kernel. The first 64 kB of the memory hold what all threads read; behind that is the heap,
// which the calling thread manages.

/** Integer argument i. */
@inline
export function int(i: i32): i32 {
  return load<i32>(INTEGERS + ((<usize>i) << 2));
}

/** Address argument i. */
@inline
export function ptr(i: i32): usize {
  return load<u32>(INTEGERS + ((<usize>i) << 2));
}

/** Float argument i. */
@inline
export function float(i: i32): f32 {
  return load<f32>(FLOATS + ((<usize>i) << 2));
}
