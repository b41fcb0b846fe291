// A of the gradient for the input: row m is an input pixel (b, y, x), column k an output that saw it: see taps.wgsl.

var<private> own_y: array<i32, 4>;
var<private> own_x: array<i32, 4>;

fn begin_a(m: u32) {
  let pixels = params.in_h * params.in_w;
  for (var i = 0u; i < 4u; i++) {
    let pixel = (m + i) % pixels;
    image[i] = (m + i) / pixels * params.out_h * params.out_w;
    own_y[i] = i32(pixel / params.in_w + params.top);
    own_x[i] = i32(pixel % params.in_w + params.left);
    if (m + i >= params.m) { own_y[i] = -0x10000000; }
  }
}

/// Where the gradient of the output pixel that saw input pixel i through the present tap begins; -1 where there is none.
fn input_of(i: u32) -> i32 {
  let y = own_y[i] - tap_y;
  let x = own_x[i] - tap_x;
  if (y < 0 || x < 0) { return -1; }
  let from_y = u32(y) / params.stride_y;
  let from_x = u32(x) / params.stride_x;
  if (from_y * params.stride_y != u32(y) || from_x * params.stride_x != u32(x)) { return -1; }
  if (from_y >= params.out_h || from_x >= params.out_w) { return -1; }
  return i32((image[i] + from_y * params.out_w + from_x) * params.channels);
}
