import { InvalidArgumentError } from 'commander';

/** A biller's number as typed. */
export function bidOf(text: string): number {
  const bid = Number(text);
  if (!/^\d{1,10}$/.test(text) || !Number.isSafeInteger(bid) || bid < 1)
    throw new InvalidArgumentError('A BID is a whole number, such as 2984.');
  return bid;
}

/** A version of a configuration as typed. */
export function versionOf(text: string): number {
  if (!/^[1-9]\d{0,8}$/.test(text)) throw new InvalidArgumentError('A version is a whole number from 1.');
  return Number(text);
}

/** Collects an option that may be given more than once. */
export function collected(text: string, before: readonly string[]): readonly string[] {
  return [...before, text];
}
