/** The largest amount of one invoice: 999,999,999.99. A hundred thousand of them still add up to a safe integer. */
export const AMOUNT_CENTS_MAX = 99_999_999_999;
/** Digits before the point in any amount, the total of a file included. */
export const WHOLE_DIGITS_MAX = 16;

const moneyForm = /^(?<open>\()?(?<minus>-)?\$?(?<whole>\d{1,3}(?:,\d{3})+|\d+)(?:\.(?<part>\d{1,2}))?(?<close>\))?$/;

/**
 * Text to integer cents, or null when it is no money: `1675`, `1675.00`, `1,675.00`, `$1,675.00`, `-12.50`, `(12.50)`.
 * At most two places; commas only between groups of three; brackets mean minus (bif.md, field 13).
 */
export function parseMoney(text: string): bigint | null {
  const parts = moneyForm.exec(text)?.groups;
  if (parts === undefined) return null;
  const { open, minus, whole = '', part = '', close } = parts;
  if ((open === undefined) !== (close === undefined) || (open !== undefined && minus !== undefined)) return null;
  const digits = whole.replaceAll(',', '');
  if (digits.length > WHOLE_DIGITS_MAX) return null;
  const cents = BigInt(digits + part.padEnd(2, '0'));
  return open !== undefined || minus !== undefined ? -cents : cents;
}

/** Cents as people write them: `1,675.00`, `-12.50`. Read back by `parseMoney` to the same cents. */
export function printMoney(cents: bigint): string {
  const [whole = '', part = ''] = printPlainMoney(cents).replace('-', '').split('.');
  const grouped = whole.replaceAll(/\B(?=(?:\d{3})+$)/g, ',');
  return `${cents < 0n ? '-' : ''}${grouped}.${part}`;
}

/** Cents as a file carries them, without commas: `1675.00`. */
export function printPlainMoney(cents: bigint): string {
  const digits = (cents < 0n ? -cents : cents).toString().padStart(3, '0');
  return `${cents < 0n ? '-' : ''}${digits.slice(0, -2)}.${digits.slice(-2)}`;
}
