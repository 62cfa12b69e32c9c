import fc from 'fast-check';
import { expect, test } from 'vitest';
import { cookiesOfLogin } from './cookies.ts';
import { parseStrictJson } from './strict-json.ts';
import { JSON_API, joinUrl, openDocument, pathPart, redacted } from './wire.ts';

const answer = (body: string | Buffer, type: string = JSON_API) => ({
  headers: { 'content-type': type },
  body: Buffer.from(body),
});

test('JSON.parse and the strict parser agree on every JSON value', () => {
  fc.assert(
    fc.property(fc.jsonValue({ maxDepth: 6 }), (value) => {
      const text = JSON.stringify(value);
      expect(parseStrictJson(text)).toStrictEqual({ ok: true, value: JSON.parse(text) });
    }),
  );
});

test.each([
  ['a name twice', '{"a":1,"a":2}'],
  ['a name twice, once escaped', '{"a":1,"\\u0061":2}'],
  ['a name twice further in', '{"data":[{"x":1},{"current_due":"1.00","current_due":"2.00"}]}'],
  ['a depth of 10,000', `{"data":${'['.repeat(10_000)}${']'.repeat(10_000)}}`],
  ['a cut text', '{"data":[{"a":"b'],
  ['nothing', ''],
])('%s is refused', (_what, text) => {
  expect(parseStrictJson(text).ok).toBe(false);
});

test('names repeated in different objects, and quotes and brackets inside texts, are no fault', () => {
  expect(parseStrictJson('[{"a":1},{"a":"{\\"a\\":1,\\"a\\":2}"}]').ok).toBe(true);
  expect(parseStrictJson('{"a\\\\":1,"a":[",\\"a\\":"]}').ok).toBe(true);
});

test('only the partner’s own media type makes a document', () => {
  expect(openDocument(answer('{"data":null}')).ok).toBe(true);
  expect(openDocument(answer('{"data":null}', `${JSON_API}; charset=utf-8`)).ok).toBe(true);
  for (const type of ['application/json', 'text/html', ''])
    expect(openDocument(answer('{"data":null}', type)).ok).toBe(false);
});

test('a byte order mark is taken off; wrong UTF-8 and what is no object are refused', () => {
  expect(openDocument(answer('\ufeff{"data":null}')).ok).toBe(true);
  expect(
    openDocument(answer(Buffer.concat([Buffer.from('{"a":"'), Buffer.of(0xc3, 0x28), Buffer.from('"}')]))).ok,
  ).toBe(false);
  expect(openDocument(answer('[]')).ok).toBe(false);
  expect(openDocument(answer('null')).ok).toBe(false);
});

test('errors are kept with their pointer, without secrets, control characters or length', () => {
  const body = JSON.stringify({
    errors: [
      {
        status: '422',
        code: 'invalid',
        title: 'No',
        detail: `password=hunter22 cookie abcdef0123 \u0007${'x'.repeat(2000)}`,
        source: { pointer: '/data/attributes/zip' },
        meta: { a: 1 },
      },
    ],
  });
  const opened = openDocument(answer(body), ['abcdef0123']);
  const [error] = opened.ok ? opened.errors : [];
  expect(error).toMatchObject({ status: '422', code: 'invalid', title: 'No', pointer: '/data/attributes/zip' });
  expect(error?.detail).not.toMatch(/hunter22|abcdef0123|\p{Cc}/u);
  expect(error?.detail?.length).toBeLessThanOrEqual(500);
});

test('an empty list of errors, or one beside data, proves nothing', () => {
  expect(openDocument(answer('{"errors":[]}')).ok).toBe(false);
  expect(openDocument(answer('{"errors":[{}],"data":{}}')).ok).toBe(false);
});

test('addresses are joined with or without the slash', () => {
  for (const base of ['https://a.example/1/api', 'https://a.example/1/api/', 'https://a.example/1/api//']) {
    expect(joinUrl(base, 'payments/')).toBe('https://a.example/1/api/payments/');
  }
});

test('no value can leave its part of a path', () => {
  expect(pathPart('..')).toBeUndefined();
  expect(pathPart('')).toBeUndefined();
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (value) => {
      const part = pathPart(value);
      if (part === undefined) return;
      const url = new URL(`https://a.example/api/bills/${part}/`);
      expect(decodeURIComponent(url.pathname.split('/')[3] ?? '')).toBe(value);
      expect([url.pathname.split('/').length, url.search, url.hash]).toStrictEqual([5, '', '']);
    }),
  );
});

test('whatever looks like a secret is hidden', () => {
  for (const text of [
    'Authorization: Bearer abc.def.ghi123',
    'token=abcdef',
    '"password": "abcdef"',
    'sessionid=abcdef; x',
  ]) {
    expect(redacted(text, [])).not.toMatch(/abcdef|abc\.def/);
  }
});

test('a login may set several cookies; none, a deleted one, or one name with two values is a failed login', () => {
  const read = (...lines: string[]) => cookiesOfLogin(lines, Date.parse('2026-01-01T00:00:00Z'));
  const two = read('sessionid=abc; Path=/; HttpOnly', 'node=web1; Path=/');
  expect(two.ok && two.header.reveal()).toBe('sessionid=abc; node=web1');
  expect(read().ok).toBe(false);
  expect(read('sessionid=; Path=/').ok).toBe(false);
  expect(read('sessionid=abc; Max-Age=0').ok).toBe(false);
  expect(read('sessionid=abc; Expires=Thu, 01 Jan 1970 00:00:00 GMT').ok).toBe(false);
  expect(read('sessionid=abc', 'sessionid=of-another-node').ok).toBe(false);
  expect(read('sessionid=abc', 'sessionid=abc').ok).toBe(true);
  expect(read('bad\u0001name=abc', 'x=a\r\ny').ok).toBe(false);
});
