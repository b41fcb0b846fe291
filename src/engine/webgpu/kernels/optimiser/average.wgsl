// Moves means towards numbers, all lying one after the other: mean <- mean + (number - mean) rate.

@group(0) @binding(0) var<storage, read> numbers: array<vec4f>;
@group(0) @binding(1) var<storage, read> rate: array<f32>;
@group(0) @binding(2) var<storage, read_write> mean: array<vec4f>;

struct Params { count: u32 }
@group(0) @binding(3) var<uniform> params: Params;

@compute @workgroup_size(64)
fn main(
  @builtin(workgroup_id) wid: vec3u,
  @builtin(num_workgroups) count: vec3u,
  @builtin(local_invocation_index) local: u32,
) {
  let i = (wid.x + wid.y * count.x) * 64u + local;
  if (i >= params.count) { return; }
  mean[i] += (numbers[i] - mean[i]) * rate[0];
}
