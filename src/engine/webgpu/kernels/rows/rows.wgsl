// Common to the kernels of rows: one workgroup of 64 threads for each row of a matrix [rows, columns].

struct Params { rows: u32, columns: u32, number: f32 }

var<workgroup> parts: array<f32, 64>;

/// Sum over the threads, in fixed order.
fn total(value: f32, local: u32) -> f32 {
  workgroupBarrier();
  parts[local] = value;
  workgroupBarrier();
  for (var width = 32u; width > 0u; width /= 2u) {
    if (local < width) { parts[local] += parts[local + width]; }
    workgroupBarrier();
  }
  return parts[0];
}

/// Largest over the threads.
fn largest(value: f32, local: u32) -> f32 {
  workgroupBarrier();
  parts[local] = value;
  workgroupBarrier();
  for (var width = 32u; width > 0u; width /= 2u) {
    if (local < width) { parts[local] = max(parts[local], parts[local + width]); }
    workgroupBarrier();
  }
  return parts[0];
}

@compute @workgroup_size(64)
fn main(
  @builtin(workgroup_id) wid: vec3u,
  @builtin(num_workgroups) count: vec3u,
  @builtin(local_invocation_index) local: u32,
) {
  let row = wid.x + wid.y * count.x;
  if (row >= params.rows) { return; }
  compute_row(row, row * params.columns, local);
}
