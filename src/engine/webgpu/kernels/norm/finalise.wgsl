// Mean and variance of each channel from the partial statistics of tiles (see partials.ts):
// mean = sum of the sums / N,  variance = (sum of the tiles' squares + sum n_t (mean_t - mean)^2) / N.
// With MOVING, the moving averages go along: average <- average + (value - average) rate.
// 16 channels and 16 threads for each, which take every 16th tile.

const ROWS = 64u;

override MOVING: bool = false;

var<workgroup> columns: array<f32, 256>;

struct Params { rows: u32, channels: u32, rate: f32 }

fn over_tiles(value: f32, local: u32) -> f32 {
  workgroupBarrier();
  columns[local] = value;
  workgroupBarrier();
  var total = 0.0;
  for (var i = 0u; i < 16u; i++) { total += columns[i * 16u + local % 16u]; }
  return total;
}

@compute @workgroup_size(256)
fn main(@builtin(workgroup_id) wid: vec3u, @builtin(local_invocation_index) local: u32) {
  let c = wid.x * 16u + local % 16u;
  let inside = c < params.channels;
  let tiles = (params.rows + ROWS - 1u) / ROWS;
  var sum = 0.0;
  if (inside) {
    for (var t = local / 16u; t < tiles; t += 16u) { sum += partials[t * 2u * params.channels + c]; }
  }
  let rows = f32(params.rows);
  let own_mean = over_tiles(sum, local) / rows;
  var square = 0.0;
  if (inside) {
    for (var t = local / 16u; t < tiles; t += 16u) {
      let count = f32(min(ROWS, params.rows - t * ROWS));
      let at = t * 2u * params.channels + c;
      let d = partials[at] / count - own_mean;
      square += partials[at + params.channels] + count * d * d;
    }
  }
  let own_variance = over_tiles(square, local) / rows;
  if (local < 16u && inside) {
    mean[c] = own_mean;
    variance[c] = own_variance;
    if (MOVING) { move_averages(c, own_mean, own_variance); }
  }
}
