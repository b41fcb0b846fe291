// Bias and activation of the rows of a matrix [m, n], four columns a thread.

struct Params { m: u32, n: u32 }

@compute @workgroup_size(64)
fn main(
  @builtin(workgroup_id) wid: vec3u,
  @builtin(num_workgroups) count: vec3u,
  @builtin(local_invocation_index) local: u32,
) {
  let quads = (params.n + 3u) / 4u;
  let i = (wid.x + wid.y * count.x) * 64u + local;
  if (i >= quads * params.m) { return; }
  let n = i % quads * 4u;
  let first = i / quads * params.n + n;
  var values: vec4f;
  for (var j = 0u; j < 4u; j++) {
    if (n + j < params.n) { values[j] = x[first + j]; }
  }
  let finished = finish(n, values);
  for (var j = 0u; j < 4u; j++) {
    if (n + j < params.n) { out[first + j] = finished[j]; }
  }
}
