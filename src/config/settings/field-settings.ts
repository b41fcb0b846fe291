import type { Field, Fields } from '../../lib/field.ts';
import type { Setting } from './setting.ts';

interface Owner {
  readonly kind: string;
  readonly fields: Fields;
}

/**
 * The fields of margins or backbones as settings. A field that several share is one setting; where they have different
 * fields under one name, there is a setting for each, shown for the kinds that have it.
 *
 * @param path of the object in the configuration; the settings' group has the same name
 */
export function fieldSettings(path: 'margin' | 'backbone', owners: readonly Owner[]): Setting[] {
  const found: { name: string; field: Field; kinds: string[] }[] = [];
  for (const { kind, fields } of owners) {
    for (const [name, field] of Object.entries(fields)) {
      const same = found.find((other) => other.name === name && other.field === field);
      if (same) same.kinds.push(kind);
      else found.push({ name, field, kinds: [kind] });
    }
  }
  return found.map(({ name, field: { schema: _, random: __, ...field }, kinds }) => ({
    ...field,
    path: `${path}.${name}`,
    group: path === 'margin' ? 'margin' : 'network',
    when: { path: `${path}.kind`, is: kinds },
  }));
}
