/** Money and percentages as they are typed: read digit by digit into whole cents and basis points, never as fractions. */

/** As large as a field of the configuration: $999,999,999.99. */
const CENTS_MAX = 99_999_999_999;
const BASIS_POINTS_MAX = 1000;

type Read = { readonly value: number } | { readonly sentence: string };

/** `1,234.5`, `$1234.50` and `1234` as cents. */
export function parseDollars(text: string): Read {
  const found = /^\$?\s*(\d{1,3}(?:,\d{3})+|\d{1,10})(?:\.(\d{1,2}))?$/.exec(text.trim());
  if (!found) return { sentence: 'must be an amount such as 12.50.' };
  const value = Number(`${(found[1] ?? '').replaceAll(',', '')}${(found[2] ?? '').padEnd(2, '0')}`);
  return value <= CENTS_MAX ? { value } : { sentence: 'is more than $999,999,999.99.' };
}

/** Cents as they are typed: `1,012.50`. */
export function dollarsOf(cents: number): string {
  const digits = String(cents).padStart(3, '0');
  return `${digits.slice(0, -2).replaceAll(/\B(?=(\d{3})+$)/g, ',')}.${digits.slice(-2)}`;
}

/** `2.45` percent as 245 basis points; at most 10 %. */
export function parsePercent(text: string): Read {
  const found = /^(\d{1,3})(?:\.(\d{1,2}))?\s*%?$/.exec(text.trim());
  if (!found) return { sentence: 'must be a percentage with at most two decimals, such as 2.45.' };
  const value = Number(`${found[1]}${(found[2] ?? '').padEnd(2, '0')}`);
  return value <= BASIS_POINTS_MAX ? { value } : { sentence: 'must not be above 10 %.' };
}

/** Basis points as a percentage: `2.45`, without zeros that say nothing. */
export function percentOf(basisPoints: number): string {
  return dollarsOf(basisPoints).replace(/\.?0+$/, '');
}

/** What paying `amountCents` costs the payer: the flat part and the share, half a cent rounded up, as the server reckons it. */
export function feeCents(fee: { flatCents: number; basisPoints: number }, amountCents: number): number {
  return fee.flatCents + Math.floor((amountCents * fee.basisPoints + 5_000) / 10_000);
}
