import { InvalidArgumentError } from 'commander';

/** A biller's BID, as typed. */
export function parseBid(text: string): number {
  if (!/^[1-9]\d{0,9}$/.test(text)) throw new InvalidArgumentError('a biller id is a whole number');
  return Number(text);
}

/** A whole number above zero, as typed: an id, a count. */
export function parseCount(text: string): number {
  if (!/^[1-9]\d{0,14}$/.test(text)) throw new InvalidArgumentError('It is a whole number from 1.');
  return Number(text);
}

/** `payments-1` names a lane of a biller: its family and its environment. */
export function parseLane(text: string): string {
  if (!/^(payments|settings)-\d{1,3}$/.test(text))
    throw new InvalidArgumentError('a lane is payments-1, settings-1, payments-2 …');
  return text.replace('-', '/');
}

/** Cents as people write them. */
export function dollars(cents: number | null): string {
  if (cents === null) return '';
  const digits = String(Math.abs(cents)).padStart(3, '0');
  return `${cents < 0 ? '-' : ''}${digits.slice(0, -2)}.${digits.slice(-2)}`;
}
