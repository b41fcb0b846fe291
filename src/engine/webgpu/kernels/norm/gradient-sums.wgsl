// Sums over the rows of a part, for the gradient of norm and PReLU: with z = gamma x^ + beta, dz = dy where z > 0, alpha dy
// elsewhere: [part, 0] sum dz, [part, 1] sum dz x^, [part, 2] sum dy min(z, 0). Behind them, from row 3 parts on, what the
// next kernel needs: mean, 1 / sqrt(variance + epsilon), gamma, beta, alpha. 8 x 32 threads: 32 channels, every 32nd row.

struct Params { rows: u32, channels: u32, part: u32, parts: u32, epsilon: f32 }

@compute @workgroup_size(256)
fn main(@builtin(workgroup_id) wid: vec3u, @builtin(local_invocation_index) local: u32) {
  let c = wid.x * 32u + local % 8u * 4u;
  let part = wid.y;
  let inside = c < params.channels;
  var centre: vec4f; var inverse: vec4f; var scale: vec4f; var shift: vec4f; var slope: vec4f;
  if (inside) {
    centre = mean_at(c, c);
    inverse = inverseSqrt(variance_at(c, c) + params.epsilon);
    scale = gamma_at(c, c);
    shift = beta_at(c, c);
    slope = slope_at(c);
  }
  var sum_z: vec4f; var sum_zx: vec4f; var sum_slope: vec4f;
  let end = min(params.rows, (part + 1u) * params.part);
  if (inside) {
    for (var row = part * params.part + local / 8u; row < end; row += 32u) {
      let i = row * params.channels + c;
      let normal = (x_at(i, c) - centre) * inverse;
      let dy = dy_at(i, c);
      let z = normal * scale + shift;
      let dz = select(slope * dy, dy, z > vec4f());
      sum_z += dz;
      sum_zx += dz * normal;
      sum_slope += dy * min(z, vec4f());
    }
  }
  let all_z = over_rows(sum_z, local);
  let all_zx = over_rows(sum_zx, local);
  let all_slope = over_rows(sum_slope, local);
  if (local < 8u) {
    let at = part * 3u * params.channels + c;
    store(at, c, all_z);
    store(at + params.channels, c, all_zx);
    store(at + 2u * params.channels, c, all_slope);
    if (part == 0u) {
      let behind = params.parts * 3u * params.channels + c;
      store(behind, c, centre);
      store(behind + params.channels, c, inverse);
      store(behind + 2u * params.channels, c, scale);
      store(behind + 3u * params.channels, c, shift);
      store(behind + 4u * params.channels, c, slope);
    }
  }
}
