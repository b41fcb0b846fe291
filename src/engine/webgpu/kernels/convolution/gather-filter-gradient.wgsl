// A of the gradient for the filter, transposed: column m is a (tap y, tap x, input channel), row k an output pixel (b, y, x).

var<private> tap_y: array<i32, 4>;
var<private> tap_x: array<i32, 4>;
var<private> channel: array<u32, 4>;

fn begin_a(m: u32) {
  for (var i = 0u; i < 4u; i++) {
    let tap = (m + i) / params.channels;
    channel[i] = (m + i) % params.channels;
    tap_y[i] = i32(tap / params.kernel_w) - i32(params.top);
    tap_x[i] = i32(tap % params.kernel_w) - i32(params.left);
  }
}

fn step_a(k: u32) {}

/// Where the input that output pixel (b, y, x) sees through tap i begins, its channel included; -1 outside of the picture.
fn input_of(b: u32, y: i32, x: i32, i: u32) -> i32 {
  let from_y = y + tap_y[i];
  let from_x = x + tap_x[i];
  if (from_y < 0 || from_y >= i32(params.in_h) || from_x < 0 || from_x >= i32(params.in_w)) { return -1; }
  return i32(((b * params.in_h + u32(from_y)) * params.in_w + u32(from_x)) * params.channels + channel[i]);
}

fn fetch_a(m: u32, k: u32, i: u32, end: u32) -> vec4f {
  if (k >= end || m >= params.m) { return vec4f(); }
  let pixels = params.out_h * params.out_w;
  let pixel = k % pixels;
  let y = i32(pixel / params.out_w * params.stride_y);
  let x = i32(pixel % params.out_w * params.stride_x);
  return inputs_of(k / pixels, y, x, m);
}
