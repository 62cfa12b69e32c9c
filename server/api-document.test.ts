import fs from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { withTestApp } from './testing/app.ts';

let opened: Awaited<ReturnType<typeof withTestApp>>;
beforeAll(async () => {
  opened = await withTestApp();
});
afterAll(async () => {
  await opened.close();
});

interface ApiDocument {
  readonly info: { readonly version: string };
}

/** The staff application’s types are made from the committed document: `node tools/generate-api.ts` writes both anew. */
test('the committed OpenAPI document is the one the server serves', async () => {
  const file = path.join(import.meta.dirname, '..', 'web', 'api', 'openapi.json');
  const committed = JSON.parse(fs.readFileSync(file, 'utf8')) as ApiDocument;
  const served = (await opened.app.inject({ url: '/openapi.json' })).json<ApiDocument>();
  expect(withoutVersion(served)).toEqual(withoutVersion(committed));
});

const withoutVersion = (document: ApiDocument) => ({ ...document, info: { ...document.info, version: '' } });

test('every reference of the document leads somewhere', async () => {
  const served = (await opened.app.inject({ url: '/openapi.json' })).json<object>();
  const references = [...JSON.stringify(served).matchAll(/"\$ref":"#\/([^"]+)"/g)].map((found) => found[1] ?? '');
  const dangling = references.filter((reference) => {
    const parts = reference.split('/').map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'));
    return (
      parts.reduce<unknown>((at, part) => (at as Record<string, unknown> | undefined)?.[part], served) === undefined
    );
  });
  expect(references.length).toBeGreaterThan(50);
  expect(dangling).toEqual([]);
});
