// A tile of C [M, N] = A [M, K] B [K, N]: 64 x 64 numbers of C by 64 threads, 8 x 8 each, K in steps of 16 through workgroup
// memory. What A, B and C are is said by the parts that are put in front and behind (see product.ts): fetch_a and fetch_b
// give four numbers that follow each other, along k where A_ALONG_K (B_ALONG_K), else along m (n).

const TILE = 64u;
const STEP = 16u;

var<workgroup> a_tile: array<vec4f, 256>; // [k, m / 4]
var<workgroup> b_tile: array<vec4f, 256>; // [k, n / 4]

override A_ALONG_K: bool = true;
override B_ALONG_K: bool = false;

var<private> sums: array<vec4f, 16>; // [8 rows, 2 quads of columns]

fn multiply(first_m: u32, first_n: u32, first_k: u32, end_k: u32, local: u32) {
  let tx = local % 8u;
  let ty = local / 8u;
  // For loading, each thread takes a block of 4 x 4 of each tile.
  let quad = local % 16u;
  let block = local / 16u;
  begin_a(first_m + quad * 4u);
  for (var i = 0u; i < 16u; i++) { sums[i] = vec4f(); }
  for (var k = first_k; k < end_k; k += STEP) {
    let own_k = k + block * 4u;
    {
      let m = first_m + quad * 4u;
      var r0: vec4f; var r1: vec4f; var r2: vec4f; var r3: vec4f;
      if (A_ALONG_K) {
        step_a(own_k);
        r0 = fetch_a(m, own_k, 0u, end_k); r1 = fetch_a(m + 1u, own_k, 1u, end_k);
        r2 = fetch_a(m + 2u, own_k, 2u, end_k); r3 = fetch_a(m + 3u, own_k, 3u, end_k);
        let t = transpose(mat4x4f(r0, r1, r2, r3));
        r0 = t[0]; r1 = t[1]; r2 = t[2]; r3 = t[3];
      } else {
        r0 = fetch_a(m, own_k, 0u, end_k); r1 = fetch_a(m, own_k + 1u, 1u, end_k);
        r2 = fetch_a(m, own_k + 2u, 2u, end_k); r3 = fetch_a(m, own_k + 3u, 3u, end_k);
      }
      let at = block * 64u + quad;
      a_tile[at] = r0; a_tile[at + 16u] = r1; a_tile[at + 32u] = r2; a_tile[at + 48u] = r3;
    }
    {
      let n = first_n + quad * 4u;
      var r0: vec4f; var r1: vec4f; var r2: vec4f; var r3: vec4f;
      if (B_ALONG_K) {
        r0 = fetch_b(n, own_k, end_k); r1 = fetch_b(n + 1u, own_k, end_k);
        r2 = fetch_b(n + 2u, own_k, end_k); r3 = fetch_b(n + 3u, own_k, end_k);
        let t = transpose(mat4x4f(r0, r1, r2, r3));
        r0 = t[0]; r1 = t[1]; r2 = t[2]; r3 = t[3];
      } else {
        r0 = fetch_b(n, own_k, end_k); r1 = fetch_b(n, own_k + 1u, end_k);
        r2 = fetch_b(n, own_k + 2u, end_k); r3 = fetch_b(n, own_k + 3u, end_k);
      }
      let at = block * 64u + quad;
      b_tile[at] = r0; b_tile[at + 16u] = r1; b_tile[at + 32u] = r2; b_tile[at + 48u] = r3;
    }
    workgroupBarrier();
    for (var j = 0u; j < STEP; j++) {
      let a0 = a_tile[j * 16u + ty * 2u];
      let a1 = a_tile[j * 16u + ty * 2u + 1u];
      let b0 = b_tile[j * 16u + tx * 2u];
      let b1 = b_tile[j * 16u + tx * 2u + 1u];
      sums[0] += a0.x * b0; sums[1] += a0.x * b1;
      sums[2] += a0.y * b0; sums[3] += a0.y * b1;
      sums[4] += a0.z * b0; sums[5] += a0.z * b1;
      sums[6] += a0.w * b0; sums[7] += a0.w * b1;
      sums[8] += a1.x * b0; sums[9] += a1.x * b1;
      sums[10] += a1.y * b0; sums[11] += a1.y * b1;
      sums[12] += a1.z * b0; sums[13] += a1.z * b1;
      sums[14] += a1.w * b0; sums[15] += a1.w * b1;
    }
    workgroupBarrier();
  }
}
