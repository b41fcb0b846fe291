// Partial statistics of x [rows, channels], by tile-statistics.wgsl.

struct Params { rows: u32, channels: u32 }

@compute @workgroup_size(64)
fn main(
  @builtin(workgroup_id) wid: vec3u,
  @builtin(num_workgroups) count: vec3u,
  @builtin(local_invocation_index) local: u32,
) {
  let tile = wid.x + wid.y * count.x;
  if (tile >= (params.rows + ROWS - 1u) / ROWS) { return; }
  let c = wid.z * 32u + local % 8u * 4u;
  let first = tile * ROWS + local / 8u * 8u;
  var values: array<vec4f, 8>;
  var sum = vec4f();
  for (var i = 0u; i < 8u; i++) {
    if (first + i < params.rows && c < params.channels) {
      values[i] = x_at((first + i) * params.channels + c, c);
      sum += values[i];
    }
  }
  statistics(tile, first, c, sum, values, local);
}
