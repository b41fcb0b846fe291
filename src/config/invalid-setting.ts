import { z } from 'zod';

type Node = z.core.JSONSchema.BaseSchema;

/**
 * The first thing that a schema finds wrong with a value, as a clause: which setting, what was given, what is allowed.
 *
 * @param value what was parsed
 * @param error what parsing it gave
 * @param root name of the whole value, e.g. `margin`; empty for a configuration
 */
export function describeInvalid(
  schema: z.ZodType,
  value: unknown,
  { issues: [issue] }: z.ZodError,
  root = '',
): string {
  const path = issue?.path ?? [];
  const where = [root, ...path].filter((part) => part !== '').join('.') || 'the configuration';
  const [node, given] = descend(z.toJSONSchema(schema, { unrepresentable: 'any' }), value, path);
  if (issue?.code === 'unrecognized_keys') {
    const unknown = issue.keys.map((key) => `"${key}"`).join(', ');
    return `${where} has no setting ${unknown}; its settings are ${settingsOf(node, given).join(', ')}`;
  }
  const allowed = allowedBy(node);
  if (given === undefined) return `${where} is missing: it must be ${allowed}`;
  return `${where} is ${shown(given)}, but must be ${allowed}`;
}

/** The part of a schema, and of a value, at a path. */
function descend(schema: Node, value: unknown, path: readonly PropertyKey[]): readonly [Node, unknown] {
  let [node, given] = [schema, value];
  for (const name of path) {
    node = property(variant(node, given), String(name));
    given = isObject(given) ? given[String(name)] : undefined;
  }
  return [node, given];
}

const settingsOf = (node: Node, given: unknown): string[] =>
  Object.keys(variant(node, given).properties ?? {});

/** Of several kinds of object the one that a value names; where it names none of them, one whose kinds are all theirs. */
function variant(node: Node, value: unknown): Node {
  const variants = variantsOf(node);
  if (variants.length === 0) return node;
  const kinds = variants.map((one) => property(one, 'kind'));
  const named = kinds.findIndex(({ const: kind }) => isObject(value) && value['kind'] === kind);
  return variants[named] ?? { properties: { kind: { enum: kinds.flatMap((kind) => kind.const ?? []) } } };
}

const variantsOf = ({ oneOf, anyOf }: Node): Node[] => (oneOf ?? anyOf ?? []).map(asNode);

const property = (node: Node, name: string): Node => asNode(node.properties?.[name]);

/** `true` allows anything. */
const asNode = (schema: Node | boolean | undefined): Node => (typeof schema === 'object' ? schema : {});

function allowedBy(node: Node): string {
  if (node.const !== undefined) return shown(node.const);
  if (node.enum) return `one of ${node.enum.map(shown).join(', ')}`;
  const variants = variantsOf(node);
  const kinds = variants.map((one) => property(one, 'kind').const).filter((kind) => kind !== undefined);
  if (kinds.length > 0) return `an object with a "kind" of: ${kinds.map(shown).join(', ')}`;
  if (variants.length > 0) return variants.map(allowedBy).join(' or ');
  switch (node.type) {
    case 'integer':
      return `a whole number${range(node)}`;
    case 'number':
      return `a number${range(node)}`;
    case 'boolean':
      return 'true or false';
    case 'string':
      return 'a text';
    case 'null':
      return 'null';
    case 'object':
      return `an object with ${Object.keys(node.properties ?? {}).join(', ')}`;
    default:
      return 'another value';
  }
}

function range({ minimum, maximum: most, exclusiveMinimum }: Node): string {
  // Whole numbers without a limit have that of what a number can hold.
  const maximum = most === Number.MAX_SAFE_INTEGER ? undefined : most;
  const above = exclusiveMinimum === undefined ? '' : ` above ${exclusiveMinimum}`;
  if (maximum === undefined) return minimum === undefined ? above : ` of at least ${minimum}`;
  if (minimum !== undefined) return ` from ${minimum} to ${maximum}`;
  return above ? `${above}, at most ${maximum}` : ` of at most ${maximum}`;
}

/** Long values are cut. */
function shown(value: unknown): string {
  const text = JSON.stringify(value) ?? String(value);
  return text.length > 60 ? `${text.slice(0, 57)}...` : text;
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
