// The columns of A of a convolution and of its gradient for the input: taps y, x and a channel of `params.channels`.

var<private> image: array<u32, 4>;
var<private> tap_y: i32;
var<private> tap_x: i32;
var<private> channel: u32;

fn step_a(k: u32) {
  let tap = k / params.channels;
  channel = k % params.channels;
  tap_y = i32(tap / params.kernel_w);
  tap_x = i32(tap % params.kernel_w);
}
