// Pictures as the input of a network. One workgroup a picture, its threads side by side over the pixels; the formulas and
// their order are those of src/dataset/augment.ts and degrade.ts. `forms` has FORM numbers a picture, see
// src/dataset/augmentation-form.ts.

@group(0) @binding(0) var<storage, read> bytes: array<u32>;
@group(0) @binding(1) var<storage, read> forms: array<f32>;
// Two pictures for each: the present one, and the one that is being made.
@group(0) @binding(2) var<storage, read_write> scratch: array<f32>;
@group(0) @binding(3) var<storage, read_write> y: array<f32>;
struct Params {
  pictures: u32,
  edge: u32,
  words: u32, // of a picture's bytes
  channels: u32,
  mean_red: f32, mean_green: f32, mean_blue: f32,
  divisor_red: f32, divisor_green: f32, divisor_blue: f32,
}
@group(0) @binding(4) var<uniform> params: Params;

override FORM: u32;
const THREADS = 256u;
const LUMINANCE = vec3f(0.299, 0.587, 0.114);

var<workgroup> sums: array<f32, THREADS>;

fn byte_at(first: u32, i: u32) -> f32 {
  return f32((bytes[first + (i >> 2u)] >> ((i & 3u) * 8u)) & 255u);
}

fn byte_pixel(first: u32, x: u32, y: u32) -> vec3f {
  let i = (y * params.edge + x) * 3u;
  return vec3f(byte_at(first, i), byte_at(first, i + 1u), byte_at(first, i + 2u));
}

fn load(start: u32, pixel: u32) -> vec3f {
  let i = start + pixel * 3u;
  return vec3f(scratch[i], scratch[i + 1u], scratch[i + 2u]);
}

fn store(start: u32, pixel: u32, value: vec3f) {
  let i = start + pixel * 3u;
  scratch[i] = value.x;
  scratch[i + 1u] = value.y;
  scratch[i + 2u] = value.z;
}

// The pixel of a picture of bytes between four, for a place of the output.
fn warped(first: u32, form: u32, pixel: u32) -> vec3f {
  let last = f32(params.edge - 1u);
  let middle = last / 2.0;
  let dx = f32(pixel % params.edge) - middle - forms[form + 3u];
  let dy = f32(pixel / params.edge) - middle - forms[form + 4u];
  let cosine = forms[form];
  let sine = forms[form + 1u];
  let from_x = clamp(middle + forms[form + 2u] * (cosine * dx - sine * dy), 0.0, last);
  let from_y = clamp(middle + sine * dx + cosine * dy, 0.0, last);
  let left = u32(from_x);
  let top = u32(from_y);
  let right = min(params.edge - 1u, left + 1u);
  let bottom = min(params.edge - 1u, top + 1u);
  let a = from_x - f32(left);
  let b = from_y - f32(top);
  return (1.0 - a) * (1.0 - b) * byte_pixel(first, left, top) + a * (1.0 - b) * byte_pixel(first, right, top)
    + (1.0 - a) * b * byte_pixel(first, left, bottom) + a * b * byte_pixel(first, right, bottom);
}

fn total(own: f32, local: u32) -> f32 {
  sums[local] = own;
  for (var half = THREADS / 2u; half > 0u; half /= 2u) {
    workgroupBarrier();
    if (local < half) { sums[local] += sums[local + half]; }
  }
  workgroupBarrier();
  return sums[0];
}

// The mean of the pixels that pixel i of `small` covers in a line of `edge`; shares are whole numbers over `edge`.
fn covered(start: u32, i: u32, small: u32, line: u32, step: u32) -> vec3f {
  let begin = i * params.edge;
  let end = begin + params.edge;
  var sum = vec3f();
  for (var at = begin / small; at * small < end; at++) {
    let share = min((at + 1u) * small, end) - max(at * small, begin);
    sum += f32(share) * load(start, line + at * step);
  }
  return sum / f32(params.edge);
}

struct Between { first: u32, second: u32, share: f32 }

// Where a pixel of an enlarged line lies between two of the smaller one.
fn between(i: u32, small: u32) -> Between {
  let at = clamp((f32(i) + 0.5) * f32(small) / f32(params.edge) - 0.5, 0.0, f32(small - 1u));
  let first = u32(at);
  return Between(first, min(small - 1u, first + 1u), at - f32(first));
}

fn blurred(start: u32, i: u32, line: u32, step: u32, deviation: f32, radius: i32) -> vec3f {
  var sum = vec3f();
  var weights = 0.0;
  for (var k = -radius; k <= radius; k++) {
    let weight = exp(-f32(k * k) / (2.0 * deviation * deviation));
    let at = u32(clamp(i32(i) + k, 0, i32(params.edge) - 1));
    weights += weight;
    sum += weight * load(start, line + at * step);
  }
  return sum / weights;
}

@compute @workgroup_size(THREADS)
fn main(
  @builtin(workgroup_id) wid: vec3u,
  @builtin(num_workgroups) count: vec3u,
  @builtin(local_invocation_index) local: u32,
) {
  let picture = wid.x + wid.y * count.x;
  if (picture >= params.pictures) { return; }
  let edge = params.edge;
  let pixels = edge * edge;
  let first = picture * params.words;
  let form = picture * FORM;
  var here = picture * 2u * pixels * 3u;
  var there = here + pixels * 3u;

  var own = 0.0;
  for (var p = local; p < pixels; p += THREADS) {
    let value = warped(first, form, p);
    own += dot(value, LUMINANCE);
    store(here, p, value);
  }

  // A thread meets only pixels of its own until the picture is reduced or blurred.
  let brightness = forms[form + 5u];
  let contrast = forms[form + 6u];
  let saturation = forms[form + 7u];
  if (brightness != 1.0 || contrast != 1.0 || saturation != 1.0) {
    let mean = total(own, local) / f32(pixels);
    for (var p = local; p < pixels; p += THREADS) {
      let value = load(here, p);
      let luma = dot(value, LUMINANCE);
      let saturated = luma + saturation * (value - luma);
      store(here, p, clamp(brightness * (mean + contrast * (saturated - mean)), vec3f(), vec3f(255.0)));
    }
  }

  let small = u32(forms[form + 8u]);
  if (small > 0u) {
    storageBarrier();
    for (var p = local; p < edge * small; p += THREADS) {
      store(there, p, covered(here, p % small, small, p / small * edge, 1u));
    }
    storageBarrier();
    for (var p = local; p < small * small; p += THREADS) {
      store(here, p, covered(there, p / small, small, p % small, small));
    }
    storageBarrier();
    for (var p = local; p < pixels; p += THREADS) {
      let x = between(p % edge, small);
      let y = between(p / edge, small);
      let upper = mix(load(here, y.first * small + x.first), load(here, y.first * small + x.second), x.share);
      let lower = mix(load(here, y.second * small + x.first), load(here, y.second * small + x.second), x.share);
      store(there, p, mix(upper, lower, y.share));
    }
    let made = there;
    there = here;
    here = made;
  }

  let deviation = forms[form + 9u];
  if (deviation > 0.0) {
    let radius = i32(forms[form + 10u]);
    storageBarrier();
    for (var p = local; p < pixels; p += THREADS) {
      store(there, p, blurred(here, p % edge, p / edge * edge, 1u, deviation, radius));
    }
    storageBarrier();
    for (var p = local; p < pixels; p += THREADS) {
      store(here, p, blurred(there, p / edge, p % edge, edge, deviation, radius));
    }
  }

  let mean = vec3f(params.mean_red, params.mean_green, params.mean_blue);
  let divisor = vec3f(params.divisor_red, params.divisor_green, params.divisor_blue);
  let colour = vec3f(forms[form + 15u], forms[form + 16u], forms[form + 17u]);
  for (var p = local; p < pixels; p += THREADS) {
    let x = f32(p % edge);
    let row = f32(p / edge);
    let erased = x >= forms[form + 11u] && x < forms[form + 12u] && row >= forms[form + 13u] && row < forms[form + 14u];
    let value = select(load(here, p), colour, erased);
    let at = (picture * pixels + p) * params.channels;
    if (params.channels == 1u) {
      y[at] = (dot(value, LUMINANCE) - mean.x) / divisor.x;
    } else {
      let scaled = (value - mean) / divisor;
      y[at] = scaled.x;
      y[at + 1u] = scaled.y;
      y[at + 2u] = scaled.z;
    }
  }
}
