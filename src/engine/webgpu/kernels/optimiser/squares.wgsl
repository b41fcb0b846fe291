// Sums of squares of pieces of a list: workgroup g of G adds up the numbers g * 256 + i + n * G * 256.

@group(0) @binding(0) var<storage, read> x: array<f32>;
@group(0) @binding(1) var<storage, read_write> sums: array<f32>;

struct Params { count: u32 }
@group(0) @binding(2) var<uniform> params: Params;

var<workgroup> parts: array<f32, 256>;

@compute @workgroup_size(256)
fn main(
  @builtin(workgroup_id) wid: vec3u,
  @builtin(num_workgroups) groups: vec3u,
  @builtin(local_invocation_index) local: u32,
) {
  var sum = 0.0;
  for (var i = wid.x * 256u + local; i < params.count; i += groups.x * 256u) {
    sum += x[i] * x[i];
  }
  parts[local] = sum;
  workgroupBarrier();
  for (var half = 128u; half > 0u; half /= 2u) {
    if (local < half) { parts[local] += parts[local + half]; }
    workgroupBarrier();
  }
  if (local == 0u) { sums[wid.x] = parts[0]; }
}
