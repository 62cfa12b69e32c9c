import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { dollarsOf, feeCents, parseDollars, parsePercent, percentOf } from './read-money.ts';

/** The server’s own files, as they run: the web’s types do not reach them. */
const server = import.meta.glob<Record<string, unknown>>(['../../../../server/features/billers/fees.ts'], {
  eager: true,
});
const from = <Value>(file: string, name: string): Value => {
  const found = Object.entries(server).find(([path]) => path.endsWith(`/${file}`))?.[1][name];
  if (found === undefined) throw new Error(`${file} has no ${name}`);
  return found as Value;
};
const feeFor = from<(configuration: unknown, invoiceTypeId: string, method: 'CC', amountCents: number) => number>(
  'fees.ts',
  'feeFor',
);

const cents = fc.integer({ min: 0, max: 99_999_999_999 });
const basisPoints = fc.integer({ min: 0, max: 1000 });

describe('dollars', () => {
  test('come back to the same cents, with and without signs', () => {
    fc.assert(
      fc.property(cents, (value) => {
        const shown = dollarsOf(value);
        for (const text of [shown, shown.replaceAll(',', ''), `$${shown}`, ` ${shown} `])
          expect(parseDollars(text)).toEqual({ value });
      }),
    );
    expect([dollarsOf(0), dollarsOf(5), dollarsOf(100), dollarsOf(1_000_000)]).toEqual([
      '0.00',
      '0.05',
      '1.00',
      '10,000.00',
    ]);
    expect(parseDollars('12.5')).toEqual({ value: 1250 });
    expect(parseDollars('12')).toEqual({ value: 1200 });
  });

  test.each(['', '-1', '1.234', '1e3', '1,00', '12.', '.5', '0x10', '1 000', 'NaN', '٣', '10000000000', '1000000000'])(
    'refuse “%s” with words',
    (text) => {
      expect(parseDollars(text)).toHaveProperty('sentence');
    },
  );
});

describe('percentages', () => {
  test('come back to the same basis points', () => {
    fc.assert(
      fc.property(basisPoints, (value) => {
        expect(parsePercent(percentOf(value))).toEqual({ value });
        expect(parsePercent(`${percentOf(value)} %`)).toEqual({ value });
      }),
    );
    expect([percentOf(0), percentOf(245), percentOf(250), percentOf(1000), percentOf(5)]).toEqual([
      '0',
      '2.45',
      '2.5',
      '10',
      '0.05',
    ]);
  });

  test.each(['', '10.01', '11', '-2', '2.455', '2,5', 'two'])('refuse “%s” with words', (text) => {
    expect(parsePercent(text)).toHaveProperty('sentence');
  });
});

test('the example fee is the one the server takes', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 0, max: 10_000 }),
      basisPoints,
      fc.integer({ min: 0, max: 100_000_000 }),
      (flatCents, share, amount) => {
        const CC = { flatCents, basisPoints: share };
        expect(feeCents(CC, amount)).toBe(feeFor({ invoiceTypes: [], cards: { fees: { CC } } }, '1', 'CC', amount));
      },
    ),
  );
});
