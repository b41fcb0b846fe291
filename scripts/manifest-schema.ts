/**
 * Writes docs/manifest.schema.json, the JSON schema of a model's manifest.json, from the schema that the program parses it with.
 *
 *   npx tsx scripts/manifest-schema.ts
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { manifestSchema } from '../src/export/manifest.ts';

/** The text of the file. */
export function manifestJsonSchema(): string {
  const schema = z.toJSONSchema(manifestSchema, { io: 'input', unrepresentable: 'any' });
  const described = {
    $schema: schema.$schema,
    title: 'manifest.json of a model of arcface-studio',
    description:
      'Everything needed to use the model beside its weights. Beyond this schema, every centre has embedding.size numbers. A reader refuses a larger schemaVersion than it knows and ignores members that it does not know.',
    ...schema,
  };
  return `${JSON.stringify(described, null, 2)}\n`;
}

if (import.meta.filename === process.argv[1]) {
  writeFileSync(join(import.meta.dirname, '..', 'docs', 'manifest.schema.json'), manifestJsonSchema());
}
