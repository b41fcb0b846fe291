// A depthwise convolution, or (BACKWARD) its gradient for the input, which gathers what each input pixel went to. A workgroup
// of 8 x 8 threads computes 64 neighbouring rows (pixels b, y, x) of 32 channels: each thread 8 rows of 4 channels.

const ROWS = 64u;

override BACKWARD: bool = false;
override STATISTICS: bool = false;

var<workgroup> columns: array<vec4f, 64>;

struct Params {
  rows: u32, channels: u32,
  // Of the pictures that are read, and of those that are written.
  in_h: u32, in_w: u32, out_h: u32, out_w: u32,
  kernel_h: u32, kernel_w: u32, stride_y: u32, stride_x: u32, top: u32, left: u32,
}

/// Where along one axis position p finds its input through a tap; -1 where it does not.
fn source(p: u32, tap: u32, stride: u32, pad: u32, length: u32) -> i32 {
  if (BACKWARD) {
    let from_ = i32(p + pad) - i32(tap);
    if (from_ < 0) { return -1; }
    let at = u32(from_) / stride;
    return select(-1, i32(at), at * stride == u32(from_) && at < length);
  }
  let from_ = i32(p * stride + tap) - i32(pad);
  return select(-1, from_, from_ >= 0 && from_ < i32(length));
}

@compute @workgroup_size(64)
fn main(
  @builtin(workgroup_id) wid: vec3u,
  @builtin(num_workgroups) count: vec3u,
  @builtin(local_invocation_index) local: u32,
) {
  let tile = wid.x + wid.y * count.x;
  let tiles = (params.rows + ROWS - 1u) / ROWS;
  if (tile >= tiles) { return; }
  let c = wid.z * 32u + (local % 8u) * 4u;
  let first = tile * ROWS + (local / 8u) * 8u;
  let pixels = params.out_h * params.out_w;
  var kept: array<vec4f, 8>;
  var sum = vec4f();
  if (c < params.channels) {
    for (var i = 0u; i < 8u; i++) {
      let row = first + i;
      if (row < params.rows) {
        let image = row / pixels * params.in_h;
        let y = row % pixels / params.out_w;
        let x = row % params.out_w;
        var value = vec4f();
        for (var ky = 0u; ky < params.kernel_h; ky++) {
          let from_y = source(y, ky, params.stride_y, params.top, params.in_h);
          if (from_y < 0) { continue; }
          for (var kx = 0u; kx < params.kernel_w; kx++) {
            let from_x = source(x, kx, params.stride_x, params.left, params.in_w);
            if (from_x < 0) { continue; }
            let pixel = (image + u32(from_y)) * params.in_w + u32(from_x);
            value += picture_at(pixel * params.channels + c, c) * weights_at((ky * params.kernel_w + kx) * params.channels + c, c);
          }
        }
        kept[i] = finish(c, value);
        sum += kept[i];
        store(row * params.channels + c, c, kept[i]);
      }
    }
  }
  if (STATISTICS) { statistics(tile, first, c, sum, kept, local); }
}

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
