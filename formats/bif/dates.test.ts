import { Buffer } from 'node:buffer';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { isoDateAt, usDateAt } from './check-bytes.ts';
import { isoDate, parseIsoDate, parseUsDate, usDate } from './dates.ts';

test('every real day of 1900 to 2199 is read, in both forms, from text and from bytes; no other is', () => {
  let date = Temporal.PlainDate.from('1899-12-01');
  for (; date.year < 2201; date = date.add({ days: 1 })) {
    const iso = date.toString();
    const day = date.year < 1900 || date.year > 2199 ? 0 : date.year * 10_000 + date.month * 100 + date.day;
    expect([parseIsoDate(iso), parseUsDate(usDate(iso))]).toEqual([day, day]);
    expect([isoDateAt(Buffer.from(iso), 0), usDateAt(Buffer.from(usDate(iso)), 0)]).toEqual([day, day]);
    if (day > 0) expect(isoDate(day)).toBe(iso);
  }
});

test('days that are none, and any jumble, are refused alike by text and bytes', () => {
  for (const text of [
    '02/29/2100',
    '02/29/2026',
    '04/31/2026',
    '00/10/2026',
    '13/10/2026',
    '1/2/2026',
    '2026/01/02',
    '11-20-2026',
  ]) {
    expect(parseUsDate(text)).toBe(0);
  }
  expect(parseUsDate('02/29/2000')).toBe(20_000_229);
  const jumble = fc
    .array(fc.constantFrom(...'00112239/-'), { minLength: 10, maxLength: 10 })
    .map((chars) => chars.join(''));
  fc.assert(
    fc.property(jumble, (text) => {
      expect(usDateAt(Buffer.from(text), 0)).toBe(parseUsDate(text));
      expect(isoDateAt(Buffer.from(text), 0)).toBe(parseIsoDate(text));
    }),
    { numRuns: 3000 },
  );
});
