// out[i] = sum over s of partials[s, i], in the order of s.

@group(0) @binding(0) var<storage, read> partials: array<f32>;
@group(0) @binding(1) var<storage, read_write> out: array<f32>;

struct Params { length: u32, count: u32 }
@group(0) @binding(2) var<uniform> params: Params;

@compute @workgroup_size(64)
fn main(
  @builtin(workgroup_id) wid: vec3u,
  @builtin(num_workgroups) count: vec3u,
  @builtin(local_invocation_index) local: u32,
) {
  let i = (wid.x + wid.y * count.x) * 64u + local;
  if (i >= params.length) { return; }
  var sum = 0.0;
  for (var s = 0u; s < params.count; s++) {
    sum += partials[s * params.length + i];
  }
  out[i] = sum;
}
