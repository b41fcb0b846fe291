// The factor that clips gradients to a norm: min(1, maxNorm / sqrt(sum)), of at most 256 partial sums of squares.

@group(0) @binding(0) var<storage, read> sums: array<f32>;
@group(0) @binding(1) var<storage, read_write> factor: array<f32>;

struct Params { count: u32, max_norm: f32 }
@group(0) @binding(2) var<uniform> params: Params;

var<workgroup> parts: array<f32, 256>;

@compute @workgroup_size(256)
fn main(@builtin(local_invocation_index) local: u32) {
  parts[local] = 0.0;
  if (local < params.count) { parts[local] = sums[local]; }
  workgroupBarrier();
  for (var half = 128u; half > 0u; half /= 2u) {
    if (local < half) { parts[local] += parts[local + half]; }
    workgroupBarrier();
  }
  if (local == 0u) { factor[0] = min(1.0, params.max_norm / max(sqrt(parts[0]), 1e-30)); }
}
