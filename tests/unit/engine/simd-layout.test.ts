import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { simdLayout } from '../../../scripts/simd-layout.mjs';

const folder = join(import.meta.dirname, '..', '..', '..', 'src', 'engine', 'simd');

it('the generated layout of the kernels is that of kernel-table.mjs', () => {
  for (const [path, contents] of Object.entries(simdLayout())) {
    expect(readFileSync(join(folder, path), 'utf8'), path).toBe(contents);
  }
});
