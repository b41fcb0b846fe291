// Sum of each column of the tile, and sum of the squared deviations from the tile's own mean: see norm/partials.ts.

fn columns(values: array<vec4f, 2>, local: u32) -> array<vec4f, 2> {
  let tx = local % 8u;
  let ty = local / 8u;
  workgroupBarrier();
  a_tile[ty * 16u + tx * 2u] = values[0];
  a_tile[ty * 16u + tx * 2u + 1u] = values[1];
  workgroupBarrier();
  var total: array<vec4f, 2>;
  for (var i = 0u; i < 8u; i++) {
    total[0] += a_tile[i * 16u + tx * 2u];
    total[1] += a_tile[i * 16u + tx * 2u + 1u];
  }
  return total;
}

fn statistics(tile_m: u32, m: u32, n: u32, local: u32) {
  // Rows past the end are zeros, and not counted.
  var sum: array<vec4f, 2>;
  for (var i = 0u; i < 8u; i++) {
    sum[0] += sums[2u * i];
    sum[1] += sums[2u * i + 1u];
  }
  let total = columns(sum, local);
  let rows = f32(min(TILE, params.m - tile_m * TILE));
  let mean0 = total[0] / rows;
  let mean1 = total[1] / rows;
  var square: array<vec4f, 2>;
  for (var i = 0u; i < 8u; i++) {
    if (m + i < params.m) {
      let d0 = sums[2u * i] - mean0;
      let d1 = sums[2u * i + 1u] - mean1;
      square[0] += d0 * d0;
      square[1] += d1 * d1;
    }
  }
  let squares = columns(square, local);
  if (local / 8u == 0u) {
    for (var c = 0u; c < 8u; c++) {
      if (n + c < params.n) {
        let at = tile_m * 2u * params.n + n + c;
        partials[at] = total[c / 4u][c % 4u];
        partials[at + params.n] = squares[c / 4u][c % 4u];
      }
    }
  }
}
