import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  assertCents,
  CENTS_MAX,
  cents,
  centsFromDecimal,
  decimalFromCents,
  formatDollars,
  percentOfCents,
} from './money.ts';

const anyCents = fc.integer({ min: -CENTS_MAX, max: CENTS_MAX });

test('an amount is a whole number of cents within the cap, or it throws', () => {
  for (const bad of [0.1, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 53, CENTS_MAX + 1, -CENTS_MAX - 1, -0]) {
    expect(() => cents(bad)).toThrow();
  }
  for (const bad of ['100', 100n, null, undefined]) expect(() => assertCents(bad)).toThrow();
  expect(cents(167_500)).toBe(167_500);
});

describe('decimals', () => {
  test('every amount survives being written and read', () => {
    fc.assert(
      fc.property(anyCents, (amount) => {
        const text = decimalFromCents(amount);
        expect(text).toMatch(/^-?\d+\.\d\d$/);
        expect(centsFromDecimal(text)).toEqual({ ok: true, cents: amount });
      }),
    );
  });

  test('every text that is read is exact to the digit', () => {
    fc.assert(
      fc.property(fc.boolean(), fc.nat(999_999_999), fc.nat(99), (isNegative, whole, part) => {
        const text = `${isNegative ? '-' : ''}${whole}.${String(part).padStart(2, '0')}`;
        const expected = BigInt(whole) * 100n + BigInt(part);
        const parsed = centsFromDecimal(text);
        expect(parsed.ok && BigInt(parsed.cents)).toBe(isNegative ? -expected : expected);
      }),
    );
  });

  test.each([
    ['1675', 167_500],
    ['1675.5', 167_550],
    ['0.07', 7],
    ['-12.34', -1_234],
    ['-0.00', 0],
    ['0005.00', 500],
    ['999999999.99', CENTS_MAX],
  ])('%s is %i cents', (text, expected) => {
    expect(centsFromDecimal(text)).toEqual({ ok: true, cents: expected });
  });

  test.each([
    [null, 'missing'],
    [undefined, 'missing'],
    ['', 'missing'],
    ['12.345', 'too-precise'],
    ['12.340', 'too-precise'],
    ['1000000000.00', 'too-large'],
    ['99999999999999999999', 'too-large'],
    ['1,675.00', 'not-a-number'],
    ['$5', 'not-a-number'],
    ['1e9', 'not-a-number'],
    ['.5', 'not-a-number'],
    ['5.', 'not-a-number'],
    ['+5', 'not-a-number'],
    [' 5', 'not-a-number'],
    ['5\n', 'not-a-number'],
    ['--5', 'not-a-number'],
    ['٥', 'not-a-number'],
    ['NaN', 'not-a-number'],
  ])('%j is refused as %s', (text, why) => {
    expect(centsFromDecimal(text)).toEqual({ ok: false, why });
  });

  test('nothing at all throws or is guessed', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        const parsed = centsFromDecimal(text);
        if (parsed.ok) expect(text).toMatch(/^-?\d{1,11}(\.\d{1,2})?$/);
      }),
    );
  });
});

describe('shares', () => {
  test('equal the exact share, half a cent away from zero', () => {
    fc.assert(
      fc.property(anyCents, fc.nat(10_000), (amount, basisPoints) => {
        const exact = BigInt(Math.abs(amount)) * BigInt(basisPoints);
        const rounded = exact / 10_000n + (exact % 10_000n >= 5_000n ? 1n : 0n);
        expect(BigInt(percentOfCents(amount, basisPoints))).toBe(amount < 0 ? -rounded : rounded);
      }),
    );
  });

  test('2.95 % of $1.00 is 3 cents, 0.5 cents is 1, and more than the whole is refused', () => {
    expect(percentOfCents(100, 295)).toBe(3);
    expect(percentOfCents(1, 5_000)).toBe(1);
    expect(percentOfCents(-1, 5_000)).toBe(-1);
    expect(percentOfCents(CENTS_MAX, 10_000)).toBe(CENTS_MAX);
    for (const bad of [-1, 10_001, 0.5]) expect(() => percentOfCents(100, bad)).toThrow();
  });
});

test('dollars are written as people of the locale write them, exact to the cent', () => {
  expect(formatDollars(167_500)).toBe('$1,675.00');
  expect(formatDollars(-7)).toBe('-$0.07');
  expect(formatDollars(CENTS_MAX)).toBe('$999,999,999.99');
  expect(formatDollars(167_500, 'es-US')).toContain('1,675.00');
  fc.assert(
    fc.property(anyCents, (amount) => {
      expect(formatDollars(amount).replaceAll(/[$,]/g, '')).toBe(decimalFromCents(amount));
    }),
  );
});
