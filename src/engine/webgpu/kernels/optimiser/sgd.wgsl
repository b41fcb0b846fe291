// One step of stochastic gradient descent with momentum and L2 decay for all weights, which lie one after the other:
// g <- factor gradient + decay w; v <- momentum v + g; w <- w - rate (v, or with Nesterov g + momentum v).

override NESTEROV: bool = false;

@group(0) @binding(0) var<storage, read> gradient: array<vec4f>;
// For each block of 64 numbers: factor of the learning rate, weight decay.
@group(0) @binding(1) var<storage, read> settings: array<vec2f>;
// Learning rate; factor of the gradients (clipping).
@group(0) @binding(2) var<storage, read> scalars: array<f32>;
@group(0) @binding(3) var<storage, read> clip: array<f32>;
@group(0) @binding(4) var<storage, read_write> weight: array<vec4f>;
@group(0) @binding(5) var<storage, read_write> velocity: array<vec4f>;

struct Params { count: u32, momentum: f32 }
@group(0) @binding(6) var<uniform> params: Params;

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
  let g = gradient[i] * clip[0] + own.y * w;
  let v = params.momentum * velocity[i] + g;
  velocity[i] = v;
  let step = select(v, g + params.momentum * v, NESTEROV);
  weight[i] = w - (scalars[0] * own.x) * step;
}
