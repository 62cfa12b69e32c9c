/** A value of JSON: `z.json()` refers to itself, and the references the generator writes for that lead nowhere. */
const ANY_JSON_REFERENCE = /(^#\/components\/schemas\/|#\/\$defs\/)(__)?schema\d+$/;
const COMPONENT = '#/components/schemas/';
/** A component refers to others: removing what nobody needs is repeated, at most so often. */
const ROUNDS_MAX = 10;

const KEY_HEADER = {
  type: 'object',
  properties: {
    'idempotency-key': {
      type: 'string',
      minLength: 8,
      maxLength: 200,
      description:
        'Your own unique text for this request: sent again with it, the call answers what it did the first time',
    },
  },
  required: ['idempotency-key'],
};

/**
 * Adds to a route's document what its schemas don't check: the file of a call that takes one as it comes (`consumes`),
 * and the header of a call that moves money.
 */
export function withFileAndKey<Route extends { readonly schema: object }>(
  route: Route,
  config: { readonly isMoneyCall?: boolean } | undefined,
): Route {
  const schema = route.schema as { readonly body?: unknown; readonly consumes?: readonly string[] };
  const files = schema.body === undefined ? (schema.consumes ?? []) : [];
  return {
    ...route,
    schema: {
      ...schema,
      ...(files.length > 0 && { body: { content: Object.fromEntries(files.map((type) => [type, bodyOf(type)])) } }),
      ...(config?.isMoneyCall && { headers: KEY_HEADER }),
    },
  };
}

function bodyOf(type: string): object {
  const file = { type: 'string', format: 'binary' };
  if (type === 'application/json') return { schema: { type: 'object' } };
  return {
    schema: type === 'multipart/form-data' ? { type: 'object', properties: { file }, required: ['file'] } : file,
  };
}

interface Document {
  readonly components?: { readonly schemas?: Record<string, unknown> };
}

/** Makes the generated OpenAPI document resolvable: any JSON becomes `{}`, and components nobody refers to go. */
export function mendOpenApi<T extends object>(document: T): T {
  const mended = withoutDanglingReferences(document) as T & Document;
  const schemas = mended.components?.schemas;
  if (!schemas) return mended;
  delete schemas.__shared;
  for (let round = 0; round < ROUNDS_MAX; round += 1) {
    const used = new Set(referencesIn(mended));
    const unused = Object.keys(schemas).filter((name) => !used.has(`${COMPONENT}${name}`));
    if (unused.length === 0) break;
    for (const name of unused) delete schemas[name];
  }
  return mended;
}

function withoutDanglingReferences(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutDanglingReferences);
  if (!value || typeof value !== 'object') return value;
  if ('$ref' in value && typeof value.$ref === 'string' && ANY_JSON_REFERENCE.test(value.$ref)) return {};
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, withoutDanglingReferences(member)]));
}

function referencesIn(value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap(referencesIn);
  if (!value || typeof value !== 'object') return [];
  return Object.entries(value).flatMap(([name, member]) =>
    name === '$ref' && typeof member === 'string' ? [member] : referencesIn(member),
  );
}
