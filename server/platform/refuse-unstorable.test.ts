import { Readable } from 'node:stream';
import { expect, test } from 'vitest';
import { refuseUnstorable } from './refuse-unstorable.ts';

const judge =
  (body: unknown, query: unknown = {}, params: unknown = {}) =>
  () =>
    refuseUnstorable({ body, query, params });
const nested = (levels: number) => Array.from({ length: levels }).reduce<unknown>((inner) => [inner], 'x');

test('a NUL, half a surrogate pair and endless nesting are refused wherever they stand', () => {
  for (const bad of ['a\0', '\ud800', '\udc00x']) {
    expect(judge({ a: [{ b: bad }] })).toThrow(/holds/);
    expect(judge({ [bad]: 1 })).toThrow(/holds/);
    expect(judge({}, { q: bad })).toThrow(/querystring\.q/);
    expect(judge({}, {}, { id: bad })).toThrow(/params\.id/);
  }
  expect(judge(nested(100_000))).toThrow(/nested/);
});

test('what honest clients send is taken: text of every language, forms, files and streams', () => {
  for (const body of [undefined, null, 'a\0 file', Buffer.from('\0'), Readable.from(['\0']), 7, nested(20)])
    expect(judge(body)).not.toThrow();
  expect(judge({ name: 'Ñandú 💣 ‮', list: ['ｱ', 1, true, null] })).not.toThrow();
  expect(judge(Object.assign(Object.create(null), { proof: 'Smith' }))).not.toThrow();
});
