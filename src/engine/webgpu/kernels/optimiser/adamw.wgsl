// One step of Adam with decoupled weight decay for all weights, which lie one after the other:
// m <- beta1 m + (1 - beta1) g; v <- beta2 v + (1 - beta2) g^2;
// w <- w - rate (m / correction1 / (sqrt(v / correction2) + epsilon) + decay w), with g = factor gradient.

@group(0) @binding(0) var<storage, read> gradient: array<vec4f>;
// For each block of 64 numbers: factor of the learning rate, weight decay.
@group(0) @binding(1) var<storage, read> settings: array<vec2f>;
// Learning rate, correction1, correction2.
@group(0) @binding(2) var<storage, read> scalars: array<f32>;
@group(0) @binding(3) var<storage, read> clip: array<f32>;
@group(0) @binding(4) var<storage, read_write> weight: array<vec4f>;
@group(0) @binding(5) var<storage, read_write> first: array<vec4f>;
@group(0) @binding(6) var<storage, read_write> second: array<vec4f>;

// Complements are given, not computed here: 1 - beta2 in 32 bits would lose four digits.
struct Params { count: u32, beta1: f32, complement1: f32, beta2: f32, complement2: f32, epsilon: f32 }
@group(0) @binding(7) var<uniform> params: Params;

@compute @workgroup_size(64)
fn main(
  @builtin(workgroup_id) wid: vec3u,
  @builtin(num_workgroups) count: vec3u,
  @builtin(local_invocation_index) local: u32,
) {
  let i = (wid.x + wid.y * count.x) * 64u + local;
  if (i >= params.count) { return; }
  let own = settings[i / 16u];
  let w = weight[i];
  let g = gradient[i] * clip[0];
  let m = params.beta1 * first[i] + params.complement1 * g;
  let v = params.beta2 * second[i] + params.complement2 * g * g;
  first[i] = m;
  second[i] = v;
  let size = sqrt(v / scalars[2]) + params.epsilon;
  weight[i] = w - (scalars[0] * own.x) * ((m / scalars[1]) / size + own.y * w);
}
