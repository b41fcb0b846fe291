import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { manifestJsonSchema } from '../../../scripts/manifest-schema.ts';

it('is published as the program parses it (npx tsx scripts/manifest-schema.ts)', () => {
  const path = new URL('../../../docs/manifest.schema.json', import.meta.url);
  expect(readFileSync(path, 'utf8')).toBe(manifestJsonSchema());
});
