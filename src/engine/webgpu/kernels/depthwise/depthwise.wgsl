// A depthwise convolution, or (BACKWARD) its gradient for the input, which gathers what each input pixel went to. A workgroup
// of 8 x 8 threads computes 64 neighbouring rows (pixels b, y, x) of 32 channels: each thread 8 rows of 4 channels.

override BACKWARD: bool = false;
override STATISTICS: bool = false;

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
