// Which tile a workgroup computes, and where it goes: the numbers of z-th part of K to out[z].

override STATISTICS: bool = false;

@compute @workgroup_size(64)
fn main(
  @builtin(workgroup_id) wid: vec3u,
  @builtin(num_workgroups) count: vec3u,
  @builtin(local_invocation_index) local: u32,
) {
  let tiles_n = (params.n + TILE - 1u) / TILE;
  let tiles_m = (params.m + TILE - 1u) / TILE;
  let tile = wid.x + wid.y * count.x;
  if (tile >= tiles_m * tiles_n) { return; }
  let tile_m = tile / tiles_n;
  let first_m = tile_m * TILE;
  let first_n = (tile % tiles_n) * TILE;
  let first_k = wid.z * params.part;
  multiply(first_m, first_n, first_k, min(params.k, first_k + params.part), local);

  let m = first_m + (local / 8u) * 8u;
  let n = first_n + (local % 8u) * 8u;
  for (var i = 0u; i < 8u; i++) {
    if (m + i < params.m) {
      let row = (wid.z * params.m + m + i) * params.n;
      store(row, n, sums[2u * i]);
      store(row, n + 4u, sums[2u * i + 1u]);
    }
  }
  if (STATISTICS) { statistics(tile_m, m, n, local); }
}
