import { afterAll, beforeAll, test } from 'vitest';
import { DEEP, LONG, withHostileInput } from './hostile-rig.ts';

const MIB = 1_048_576;
/** JSON texts that never belong where they are put. */
const NEVER_VALUES = ['"a\\u0000b"', '"\\ud800"', DEEP, '{"a":{"__proto__":{"x":1}}}', `"${'x'.repeat(300_000)}"`];
/** JSON texts of every type: wrong somewhere, and harmless where they are not. */
const TYPE_VALUES = [
  'null',
  'true',
  '-1',
  '1e308',
  '9007199254740993',
  '""',
  '[]',
  '{}',
  '[null]',
  '"\\r\\nset-cookie: a=b"',
  '"\'; drop table biller; --"',
  '"=1+1"',
];

let at: Awaited<ReturnType<typeof withHostileInput>>;
beforeAll(async () => {
  at = await withHostileInput();
});
afterAll(async () => await at?.close());

test('a body that is no JSON, of another type, too large or too deep is refused', LONG, async () => {
  const whole = [
    '{',
    '',
    'null',
    '[]',
    '"text"',
    '1',
    DEEP,
    '{"__proto__":{"admin":true}}',
    '{"constructor":{"prototype":{"x":1}}}',
    '\0',
    '\uFEFF{',
    '{"a":1}{"b":2}',
    "{'a':1}",
  ];
  await at.expectRefusals(
    at.withBodies().flatMap((route) => {
      const right = JSON.stringify(at.bodyOf(route));
      return [
        ...whole.map((payload) => ({ route, payload, what: `body ${payload.slice(0, 20)}`, mustRefuse: true })),
        { route, payload: `{"a":"${'x'.repeat(2 * MIB)}"}`, what: 'two megabytes', mustRefuse: true },
        { route, payload: right, type: 'text/xml', what: 'as XML', mustRefuse: true },
        { route, payload: right, type: 'application/x-www-form-urlencoded', what: 'as a form', mustRefuse: true },
        { route, payload: right, type: 'multipart/form-data', what: 'as parts without a boundary', mustRefuse: true },
        { route, payload: right, type: 'application/json; charset=utf-16', what: 'another charset', mustRefuse: false },
        { route, payload: right, type: 'nonsense', what: 'as nonsense', mustRefuse: true },
      ];
    }),
  );
});

test(
  'each field of a body, of a wrong type, endless, or with what can’t be kept, never fails and changes nothing',
  LONG,
  async () => {
    await at.expectRefusals(
      at.withBodies().flatMap((route) => {
        const body = at.bodyOf(route);
        const replaced = (path: readonly string[], json: string) =>
          JSON.stringify(put(body, path, '@here@')).replace('"@here@"', () => json);
        const places = placesOf(body).slice(0, 40);
        return [
          ...places.flatMap((place) => [
            ...NEVER_VALUES.map((json) => ({
              route,
              payload: replaced(place, json),
              what: `${place.join('.')} = ${json.slice(0, 30)}`,
              mustRefuse: true,
            })),
            ...TYPE_VALUES.map((json) => ({
              route,
              payload: replaced(place, json),
              what: `${place.join('.')} = ${json}`,
              mustRefuse: false,
            })),
          ]),
          {
            route,
            payload: JSON.stringify({ ...body, isAdmin: true }),
            what: 'one field more',
            mustRefuse: !route.path.endsWith('/invoices'),
          },
          { route, payload: JSON.stringify({ ...body, 'a\0b': 1 }), what: 'a NUL in a name', mustRefuse: true },
        ];
      }),
    );
  },
);

/** Every place of a document, two levels down: where a value is put in turn. */
function placesOf(value: unknown, path: readonly string[] = []): (readonly string[])[] {
  if (typeof value !== 'object' || value === null || path.length >= 3) return [];
  return Object.entries(value).flatMap(([name, member]) => [[...path, name], ...placesOf(member, [...path, name])]);
}

function put(value: unknown, path: readonly string[], replacement: unknown): unknown {
  const [name, ...rest] = path;
  if (name === undefined) return replacement;
  const copy: Record<string, unknown> | unknown[] = Array.isArray(value) ? [...value] : { ...(value as object) };
  (copy as Record<string, unknown>)[name] = put((value as Record<string, unknown>)[name], rest, replacement);
  return copy;
}
