/** The first `count` (1 to 3) numbers of a vector. */
@inline
export function storeSome(at: usize, v: v128, count: i32): void {
  store<f32>(at, f32x4.extract_lane(v, 0));
  if (count > 1) store<f32>(at, f32x4.extract_lane(v, 1), 4);
  if (count > 2) store<f32>(at, f32x4.extract_lane(v, 2), 8);
}

/** Bytes of C numbers, rounded up to whole vectors. */
@inline
export function paddedBytes(C: i32): usize {
  return (<usize>(C + 3) >> 2) << 4;
}
