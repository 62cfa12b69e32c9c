import { Buffer } from 'node:buffer';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { centsAt } from './check-bytes.ts';
import { AMOUNT_CENTS_MAX, parseMoney, printMoney, printPlainMoney } from './money.ts';

const forms: [string, bigint | null][] = [
  ['1675', 167_500n],
  ['1675.00', 167_500n],
  ['1,675.00', 167_500n],
  ['$1,675.00', 167_500n],
  ['-12.50', -1250n],
  ['(12.50)', -1250n],
  ['($1,012.5)', -101_250n],
  ['-$3', -300n],
  ['0', 0n],
  ['-0.00', 0n],
  ['007', 700n],
  ['999,999,999.99', 99_999_999_999n],
  ...[
    '',
    '-',
    '$',
    '()',
    '.',
    '.5',
    '5.',
    '1.234',
    '1e9',
    '+5',
    ' 5',
    '5 ',
    '1,23',
    '12,34.00',
    '1,2345',
    ',123',
    '1,,234',
  ].map((text): [string, null] => [text, null]),
  ...[
    '(5',
    '5)',
    '-(5)',
    '$-5',
    '--5',
    '5-',
    '1.2.3',
    '£5',
    '٣',
    '1_000',
    'NaN',
    '0x10',
    '12345678901234567890',
    '00000000000000001',
  ].map((text): [string, null] => [text, null]),
];

test('the forms of the specification are read to the cent, every other is refused', () => {
  for (const [text, cents] of forms) expect([text, parseMoney(text)]).toEqual([text, cents]);
});

test('what is printed is read back, with and without commas', () => {
  fc.assert(
    fc.property(fc.bigInt({ min: -(10n ** 17n), max: 10n ** 17n }), (cents) => {
      expect(parseMoney(printMoney(cents))).toBe(cents);
      expect(parseMoney(printPlainMoney(cents))).toBe(cents);
    }),
  );
  expect(printMoney(167_500n)).toBe('1,675.00');
  expect(printMoney(-5n)).toBe('-0.05');
  expect(printMoney(123_456_789_012n)).toBe('1,234,567,890.12');
});

test('bytes and text are read alike: every sum a form can make, and every jumble', () => {
  const jumble = fc.array(fc.constantFrom(...'0123456789$,.-()'), { maxLength: 14 }).map((chars) => chars.join(''));
  const likely = fc
    .tuple(
      fc.constantFrom('', '-', '$', '(', '-$', '($'),
      fc.integer({ min: 0, max: 2_000_000_000 }),
      fc.constantFrom('', '.5', '.05', '.055'),
      fc.constantFrom('', ')'),
    )
    .map(
      ([start, whole, part, end]) => `${start}${whole % 3 === 0 ? whole.toLocaleString('en-US') : whole}${part}${end}`,
    );
  fc.assert(
    fc.property(fc.oneof(jumble, likely, fc.constantFrom(...forms.map(([text]) => text))), (text) => {
      const bytes = Buffer.from(`${text}|`);
      const cents = parseMoney(text);
      const isWithin = cents !== null && cents <= BigInt(AMOUNT_CENTS_MAX) && cents >= -BigInt(AMOUNT_CENTS_MAX);
      expect(centsAt(bytes, 0, bytes.length - 1)).toBe(isWithin ? Number(cents) : Number.NaN);
    }),
    { numRuns: 5000 },
  );
});
