// Partial statistics of x [rows, channels]: see partials.ts. 8 x 8 threads, each 8 rows of 4 channels.

const ROWS = 64u;

var<workgroup> columns: array<vec4f, 64>;

struct Params { rows: u32, channels: u32 }

fn over_rows(value: vec4f, local: u32) -> vec4f {
  workgroupBarrier();
  columns[local] = value;
  workgroupBarrier();
  var total = vec4f();
  for (var i = 0u; i < 8u; i++) { total += columns[i * 8u + local % 8u]; }
  return total;
}

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
  let total = over_rows(sum, local);
  let mean = total / f32(min(ROWS, params.rows - tile * ROWS));
  var square = vec4f();
  for (var i = 0u; i < 8u; i++) {
    if (first + i < params.rows) {
      let d = values[i] - mean;
      square += d * d;
    }
  }
  let squares = over_rows(square, local);
  if (local < 8u) {
    store(tile * 2u * params.channels + c, c, total);
    store((tile * 2u + 1u) * params.channels + c, c, squares);
  }
}
