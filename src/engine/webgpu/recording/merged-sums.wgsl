// Sums of partial results, of many tensors in one launch. Each workgroup computes up to 256 neighbouring sums of one tensor:
// out[to + i] = sum over s of partials[from + s * length + i], in the order of s.

struct Block {
  from_: u32,   // in partials, in numbers
  to: u32,      // in out
  length: u32,  // of one partial result
  count: u32,   // of partial results
  left: u32,    // sums from `to` on
}

@group(0) @binding(0) var<storage, read> partials: array<f32>;
@group(0) @binding(1) var<storage, read> blocks: array<Block>;
@group(0) @binding(2) var<storage, read_write> out: array<f32>;

struct Params { blocks: u32 }
@group(0) @binding(3) var<uniform> params: Params;

@compute @workgroup_size(256)
fn main(
  @builtin(workgroup_id) wid: vec3u,
  @builtin(num_workgroups) count: vec3u,
  @builtin(local_invocation_index) i: u32,
) {
  let block = wid.x + wid.y * count.x;
  if (block >= params.blocks) { return; }
  let b = blocks[block];
  if (i >= b.left) { return; }
  var sum = 0.0;
  for (var s = 0u; s < b.count; s++) {
    sum += partials[b.from_ + s * b.length + i];
  }
  out[b.to + i] = sum;
}
