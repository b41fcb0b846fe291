// y = PReLU(gamma (x - mean) / sqrt(variance + epsilon) + beta). Each thread takes four channels of four rows, `stride` apart.

struct Params { quads: u32, stride: u32, quads_a_row: u32, channels: u32, epsilon: f32 }

@compute @workgroup_size(64)
fn main(
  @builtin(workgroup_id) wid: vec3u,
  @builtin(num_workgroups) count: vec3u,
  @builtin(local_invocation_index) local: u32,
) {
  let first = (wid.x + wid.y * count.x) * 64u + local;
  if (first >= params.stride) { return; }
  let c = first % params.quads_a_row * 4u;
  let centre = mean_at(c, c);
  let scale = gamma_at(c, c) * inverseSqrt(variance_at(c, c) + params.epsilon);
  let shift = beta_at(c, c);
  for (var quad = first; quad < params.quads; quad += params.stride) {
    let i = quad / params.quads_a_row * params.channels + c;
    store(i, c, activate((x_at(i, c) - centre) * scale + shift, c));
  }
}
