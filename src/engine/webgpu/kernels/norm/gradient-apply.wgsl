// The gradients of norm and PReLU from the sums of gradient-sums.wgsl: each workgroup adds up the parts of its 32 channels,
// then dx = gamma inverse (dz - dbeta / N - x^ dgamma / N) for its rows. The first one of each 32 channels also writes
// dgamma, dbeta and dalpha. 8 x 32 threads, each four channels of every 32nd row.

struct Params { rows: u32, channels: u32, part: u32, parts: u32 }

/// Sum over the parts of one of the three sums.
fn over_parts(which: u32, c: u32, local: u32) -> vec4f {
  var sum = vec4f();
  if (c < params.channels) {
    for (var p = local / 8u; p < params.parts; p += 32u) {
      sum += sums_at((p * 3u + which) * params.channels + c, c);
    }
  }
  return over_rows(sum, local);
}

@compute @workgroup_size(256)
fn main(@builtin(workgroup_id) wid: vec3u, @builtin(local_invocation_index) local: u32) {
  let c = wid.x * 32u + local % 8u * 4u;
  let dbeta = over_parts(0u, c, local);
  let dgamma = over_parts(1u, c, local);
  let dalpha = over_parts(2u, c, local);
  if (c >= params.channels) { return; }
  if (wid.y == 0u && local < 8u) {
    store_dgamma(c, c, dgamma);
    store_dbeta(c, c, dbeta);
    store_slopes(c, dalpha);
  }
  let behind = params.parts * 3u * params.channels + c;
  let centre = sums_at(behind, c);
  let inverse = sums_at(behind + params.channels, c);
  let scale = sums_at(behind + 2u * params.channels, c);
  let shift = sums_at(behind + 3u * params.channels, c);
  let slope = sums_at(behind + 4u * params.channels, c);
  let mean_z = dbeta / f32(params.rows);
  let mean_zx = dgamma / f32(params.rows);
  let end = min(params.rows, (wid.y + 1u) * params.part);
  for (var row = wid.y * params.part + local / 8u; row < end; row += 32u) {
    let i = row * params.channels + c;
    let normal = (x_at(i, c) - centre) * inverse;
    let dy = dy_at(i, c);
    let dz = select(slope * dy, dy, normal * scale + shift > vec4f());
    store(i, c, scale * inverse * (dz - mean_z - normal * mean_zx));
  }
}
