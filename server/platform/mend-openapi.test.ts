import { expect, test } from 'vitest';
import { mendOpenApi } from './mend-openapi.ts';

test('references to any JSON become the empty schema, and components nobody needs go', () => {
  const mended = mendOpenApi({
    paths: {
      '/a': { schema: { $ref: '#/components/schemas/Kept' }, any: { $ref: '#/components/schemas/schema0' } },
    },
    components: {
      schemas: {
        Kept: { properties: { more: { $ref: '#/components/schemas/__shared#/$defs/schema1' } } },
        KeptInput: { properties: { of: { $ref: '#/components/schemas/OnlyThere' } } },
        OnlyThere: {},
        __shared: { $defs: {} },
      },
    },
  });
  expect(mended).toEqual({
    paths: { '/a': { schema: { $ref: '#/components/schemas/Kept' }, any: {} } },
    components: { schemas: { Kept: { properties: { more: {} } } } },
  });
});
