import fs from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { configurationSchema, settingsCatalogue } from '../../billers/index.ts';
import { NOT_SERVED_YET } from '../../billers/not-served-yet.ts';
import { EFFECTS } from './effects.ts';

type Json = { readonly [key: string]: unknown };

/** Every field a screen can show, as a path; an item of a list is `*`. Advanced Settings are the catalogue's. */
function fieldsOf(schema: Json, at: string): readonly string[] {
  if (at === 'advancedSettings') return settingsCatalogue.map((row) => `${at}.${row.number}`);
  if (at === 'integration.layout') return [at];
  const inner = (schema.anyOf as readonly Json[] | undefined)?.find((each) => each.type === 'object');
  const shape = (schema.properties ?? inner?.properties) as Readonly<Record<string, Json>> | undefined;
  if (at.startsWith('integration.customizations.')) return [at];
  if (shape) return Object.entries(shape).flatMap(([name, part]) => fieldsOf(part, at === '' ? name : `${at}.${name}`));
  const item = schema.items as Json | undefined;
  return item?.type === 'object' ? fieldsOf(item, `${at}.*`) : [at];
}

const fields = fieldsOf(z.toJSONSchema(configurationSchema, { io: 'output' }) as Json, '');
const covers = (pattern: string, field: string) => field === pattern || field.startsWith(`${pattern}.`);

test('every field of the configuration has a test of its effect, or is said to have no page yet', () => {
  expect(fields.length).toBeGreaterThan(120);
  const bare = fields.filter(
    (field) =>
      !EFFECTS.some(([pattern]) => covers(pattern, field)) &&
      !NOT_SERVED_YET.some(({ path: pattern }) => covers(pattern, field)),
  );
  expect(bare).toEqual([]);
});

test('what stands in either list is a field, and each named test exists', () => {
  const odd = [...EFFECTS.map(([pattern]) => pattern), ...NOT_SERVED_YET.map((each) => each.path)].filter(
    (pattern) => !fields.some((field) => covers(pattern, field)),
  );
  expect(odd).toEqual([]);
  const texts = new Map<string, string>();
  for (const [pattern, file, title] of EFFECTS) {
    const text = texts.get(file) ?? fs.readFileSync(path.join(import.meta.dirname, file), 'utf8');
    texts.set(file, text);
    expect(text.includes(title), `${pattern}: “${title}” in ${file}`).toBe(true);
  }
});

test('a field without an effect and without a word about it would be found', () => {
  expect(fieldsOf({ properties: { cards: { properties: { colour: { type: 'string' } } } } }, '')).toEqual([
    'cards.colour',
  ]);
  expect(EFFECTS.some(([pattern]) => covers(pattern, 'cards.colour'))).toBe(false);
});
