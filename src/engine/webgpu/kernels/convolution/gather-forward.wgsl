// A of a convolution: row m is an output pixel (b, y, x), column k one of the inputs that it sees: see taps.wgsl.

var<private> first_y: array<i32, 4>;
var<private> first_x: array<i32, 4>;

fn begin_a(m: u32) {
  let pixels = params.out_h * params.out_w;
  for (var i = 0u; i < 4u; i++) {
    let pixel = (m + i) % pixels;
    image[i] = (m + i) / pixels * params.in_h * params.in_w;
    first_y[i] = i32(pixel / params.out_w * params.stride_y) - i32(params.top);
    first_x[i] = i32(pixel % params.out_w * params.stride_x) - i32(params.left);
    if (m + i >= params.m) { first_y[i] = -0x10000000; }
  }
}

/// Where the input of row i that the present tap sees begins; -1 outside of the picture.
fn input_of(i: u32) -> i32 {
  let y = first_y[i] + tap_y;
  let x = first_x[i] + tap_x;
  if (y < 0 || y >= i32(params.in_h) || x < 0 || x >= i32(params.in_w)) { return -1; }
  return i32((image[i] + u32(y) * params.in_w + u32(x)) * params.channels);
}
