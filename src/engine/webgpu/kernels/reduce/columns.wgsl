// Sums of each column of a matrix [rows, channels], part by part: [parts, channels]. 8 x 32 threads: 32 columns, every 32nd
// row of a part. What is added up, and what else is done with each number, is said by `take(i, c)`.

struct Params { rows: u32, channels: u32, part: u32 }

@compute @workgroup_size(256)
fn main(@builtin(workgroup_id) wid: vec3u, @builtin(local_invocation_index) local: u32) {
  let c = wid.x * 32u + local % 8u * 4u;
  let end = min(params.rows, (wid.y + 1u) * params.part);
  var sum = vec4f();
  if (c < params.channels) {
    for (var row = wid.y * params.part + local / 8u; row < end; row += 32u) {
      sum += take(row * params.channels + c, c);
    }
  }
  let total = over_rows(sum, local);
  if (local < 8u) { store(wid.y * params.channels + c, c, total); }
}
