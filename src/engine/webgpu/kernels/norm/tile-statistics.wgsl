// Partial statistics (see partials.ts) of a tile whose numbers are in the registers of 8 x 8 threads, each of which has 8 rows
// of 4 channels from c on. `partials` is a binding, `params` has rows and channels.

const ROWS = 64u;

var<workgroup> columns: array<vec4f, 64>;

/// Sums over the 8 threads that have the same channels.
fn over_rows(value: vec4f, local: u32) -> vec4f {
  workgroupBarrier();
  columns[local] = value;
  workgroupBarrier();
  var total = vec4f();
  for (var i = 0u; i < 8u; i++) { total += columns[i * 8u + local % 8u]; }
  return total;
}

/// Sum of each channel of the tile, and sum of the squared deviations from the tile's own mean: see norm/partials.ts.
fn statistics(tile: u32, first: u32, c: u32, sum: vec4f, kept: array<vec4f, 8>, local: u32) {
  let total = over_rows(sum, local);
  let mean = total / f32(min(ROWS, params.rows - tile * ROWS));
  var square = vec4f();
  var values = kept;
  for (var i = 0u; i < 8u; i++) {
    if (first + i < params.rows) {
      let d = values[i] - mean;
      square += d * d;
    }
  }
  let squares = over_rows(square, local);
  if (local < 8u) {
    for (var j = 0u; j < 4u; j++) {
      if (c + j < params.channels) {
        let at = tile * 2u * params.channels + c + j;
        partials[at] = total[j];
        partials[at + params.channels] = squares[j];
      }
    }
  }
}
