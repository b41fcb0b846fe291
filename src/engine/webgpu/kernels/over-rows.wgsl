// Sum over the 32 threads that have the same four of 32 channels, in a workgroup of 8 x 32 threads.

var<workgroup> columns: array<vec4f, 256>;

fn over_rows(value: vec4f, local: u32) -> vec4f {
  workgroupBarrier();
  columns[local] = value;
  workgroupBarrier();
  for (var width = 128u; width >= 8u; width /= 2u) {
    if (local < width) { columns[local] += columns[local + width]; }
    workgroupBarrier();
  }
  return columns[local % 8u];
}
