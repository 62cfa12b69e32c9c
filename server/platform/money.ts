/** An amount in integer cents; in the database a bigint. Made by `cents` or `centsFromDecimal`, never by a division. */
export type Cents = number;

/** No bill, payment or file total of the field comes near a thousand million dollars; beyond it something is wrong. */
export const CENTS_MAX = 99_999_999_999;

export type CentsParse =
  | { ok: true; cents: Cents }
  | { ok: false; why: 'missing' | 'not-a-number' | 'too-precise' | 'too-large' };

/** The given number as an amount; throws when it is not a whole number of cents within ±`CENTS_MAX`. */
export function cents(value: number): Cents {
  assertCents(value);
  return value;
}

/** Throws unless `value` is a whole number of cents that a double holds exactly and the business allows. */
export function assertCents(value: unknown): asserts value is Cents {
  if (typeof value !== 'number' || !Number.isSafeInteger(value))
    throw new TypeError(`not whole cents: ${String(value)}`);
  if (Math.abs(value) > CENTS_MAX) throw new RangeError(`more cents than any amount may have: ${value}`);
  if (Object.is(value, -0)) throw new TypeError('zero cents have no sign');
}

/** `1675.00`: digits, a point, two digits; the form of the wire formats. */
export function decimalFromCents(amount: Cents): string {
  assertCents(amount);
  const digits = String(Math.abs(amount)).padStart(3, '0');
  return `${amount < 0 ? '-' : ''}${digits.slice(0, -2)}.${digits.slice(-2)}`;
}

/**
 * Cents of a text such as `1675`, `1675.5` or `-1675.00`. Anything else is a failure, never a guess: no thousands
 * separators, no currency sign, no exponent, no third decimal (F62, F44), no blank.
 */
export function centsFromDecimal(text: string | null | undefined): CentsParse {
  if (text === null || text === undefined || text === '') return { ok: false, why: 'missing' };
  const match = /^(-?)(\d{1,11})(?:\.(\d{1,2}))?$/.exec(text);
  if (match === null) return { ok: false, why: whyNot(text) };
  const [, sign = '', whole = '', fraction = ''] = match;
  const amount = Number(whole) * 100 + Number(fraction.padEnd(2, '0'));
  if (amount > CENTS_MAX) return { ok: false, why: 'too-large' };
  return { ok: true, cents: sign === '-' && amount !== 0 ? -amount : amount };
}

/** A share of an amount, half a cent rounded away from zero; 10,000 basis points are the whole. */
export function percentOfCents(amount: Cents, basisPoints: number): Cents {
  assertCents(amount);
  if (!Number.isSafeInteger(basisPoints) || basisPoints < 0 || basisPoints > 10_000) {
    throw new RangeError(`basis points are whole and from 0 to 10000, not ${basisPoints}`);
  }
  // In bigint: cents times basis points leaves the range in which a double counts every integer.
  const product = BigInt(Math.abs(amount)) * BigInt(basisPoints);
  const rounded = Number((product + 5_000n) / 10_000n);
  return amount < 0 && rounded !== 0 ? -rounded : rounded;
}

const dollarFormats = new Map<string, Intl.NumberFormat>();
const DOLLAR_FORMATS_MAX = 16;

/** `$1,675.00`, as people of the locale write US dollars. */
export function formatDollars(amount: Cents, locale = 'en-US'): string {
  // From the exact text, not from a division by 100: Intl formats decimal strings digit by digit.
  return dollarFormat(locale).format(decimalFromCents(amount) as Intl.StringNumericLiteral);
}

function dollarFormat(locale: string): Intl.NumberFormat {
  const known = dollarFormats.get(locale);
  if (known !== undefined) return known;
  const made = new Intl.NumberFormat(locale, { style: 'currency', currency: 'USD' });
  if (dollarFormats.size < DOLLAR_FORMATS_MAX) dollarFormats.set(locale, made);
  return made;
}

function whyNot(text: string): 'too-precise' | 'too-large' | 'not-a-number' {
  if (/^-?\d{1,11}\.\d{3,}$/.test(text)) return 'too-precise';
  return /^-?\d{12,}(\.\d{1,2})?$/.test(text) ? 'too-large' : 'not-a-number';
}
