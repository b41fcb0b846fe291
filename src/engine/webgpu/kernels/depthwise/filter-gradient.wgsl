// Parts of the gradient for a depthwise filter: part s adds up its share of the output pixels, for 9 taps from 9 z on.
// 8 x 8 threads: each 4 channels, and every eighth row of the part; then the threads of a channel are added up.

const TAPS = 9u;

var<workgroup> columns: array<vec4f, 64>;

struct Params {
  rows: u32, channels: u32, in_h: u32, in_w: u32, out_h: u32, out_w: u32,
  kernel_h: u32, kernel_w: u32, stride_y: u32, stride_x: u32, top: u32, left: u32,
  part: u32, chunks: u32,
}

@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) wid: vec3u, @builtin(local_invocation_index) local: u32) {
  let c = wid.x % params.chunks * 32u + (local % 8u) * 4u;
  let tap_group = wid.x / params.chunks;
  let taps = params.kernel_h * params.kernel_w;
  let pixels = params.out_h * params.out_w;
  let end = min(params.rows, (wid.y + 1u) * params.part);
  var sums: array<vec4f, 9>;
  if (c < params.channels) {
    for (var row = wid.y * params.part + local / 8u; row < end; row += 8u) {
      let image = row / pixels * params.in_h;
      let y = i32(row % pixels / params.out_w * params.stride_y) - i32(params.top);
      let x = i32(row % params.out_w * params.stride_x) - i32(params.left);
      let slope = dy_at(row * params.channels + c, c);
      for (var t = 0u; t < TAPS; t++) {
        let tap = tap_group * TAPS + t;
        let from_y = y + i32(tap / params.kernel_w);
        let from_x = x + i32(tap % params.kernel_w);
        if (tap < taps && from_y >= 0 && from_y < i32(params.in_h) && from_x >= 0 && from_x < i32(params.in_w)) {
          let pixel = (image + u32(from_y)) * params.in_w + u32(from_x);
          sums[t] += slope * picture_at(pixel * params.channels + c, c);
        }
      }
    }
  }
  for (var t = 0u; t < TAPS; t++) {
    columns[local] = sums[t];
    workgroupBarrier();
    if (local < 8u) {
      var total = vec4f();
      for (var i = 0u; i < 8u; i++) { total += columns[i * 8u + local]; }
      let tap = tap_group * TAPS + t;
      if (tap < taps) { store((wid.y * taps + tap) * params.channels + c, c, total); }
    }
    workgroupBarrier();
  }
}
