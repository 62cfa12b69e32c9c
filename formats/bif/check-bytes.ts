import { type DayNumber, dayNumber } from './dates.ts';
import { AMOUNT_CENTS_MAX, WHOLE_DIGITS_MAX } from './money.ts';

// The same rules as money.ts and dates.ts, on bytes: no string is made for a value that is right.
const ZERO = 48;
const DOLLAR = 36;
const OPEN = 40;
const CLOSE = 41;
const COMMA = 44;
const MINUS = 45;
const POINT = 46;
const SLASH = 47;
/** More digits than this can pass AMOUNT_CENTS_MAX only with leading zeros; the number stays exact up to here. */
const DIGITS_MAX = 15;

const isHex = new Uint8Array(256);
for (const char of '0123456789abcdefABCDEF') isHex[char.charCodeAt(0)] = 1;

/** `mm/dd/yyyy` at [from, from + 10): the day, or 0. */
export function usDateAt(bytes: Uint8Array, from: number): DayNumber {
  if (bytes[from + 2] !== SLASH || bytes[from + 5] !== SLASH) return 0;
  const month = twoDigits(bytes, from);
  const day = twoDigits(bytes, from + 3);
  const century = twoDigits(bytes, from + 6);
  const year = twoDigits(bytes, from + 8);
  return (month | day | century | year) < 0 ? 0 : dayNumber(century * 100 + year, month, day);
}

/** `yyyy-mm-dd` at [from, from + 10): the day, or 0. */
export function isoDateAt(bytes: Uint8Array, from: number): DayNumber {
  if (bytes[from + 4] !== MINUS || bytes[from + 7] !== MINUS) return 0;
  const century = twoDigits(bytes, from);
  const year = twoDigits(bytes, from + 2);
  const month = twoDigits(bytes, from + 5);
  const day = twoDigits(bytes, from + 8);
  return (month | day | century | year) < 0 ? 0 : dayNumber(century * 100 + year, month, day);
}

/** Money at [from, to): integer cents, or NaN where it is none or more than AMOUNT_CENTS_MAX. */
export function centsAt(bytes: Uint8Array, from: number, to: number): number {
  let at = from;
  let cents = 0;
  const isMinus = bytes[at] === MINUS;
  if (isMinus) at++;
  const first = at;
  for (; at < to; at++) {
    const digit = (bytes[at] as number) - ZERO;
    if (digit < 0 || digit > 9) break;
    cents = cents * 10 + digit;
  }
  const digits = at - first;
  if (digits === 0 || digits > DIGITS_MAX) return ornateCentsAt(bytes, from, to);
  if (at === to) cents *= 100;
  else if (bytes[at] === POINT && at + 3 === to) {
    const part = twoDigits(bytes, at + 1);
    if (part < 0) return Number.NaN;
    cents = cents * 100 + part;
  } else return ornateCentsAt(bytes, from, to);
  if (cents > AMOUNT_CENTS_MAX) return Number.NaN;
  return isMinus ? 0 - cents : cents;
}

/** The rarer forms: `$`, commas, brackets, one place. */
function ornateCentsAt(bytes: Uint8Array, from: number, to: number): number {
  let at = from;
  let end = to;
  let isMinus = bytes[at] === MINUS;
  if (isMinus) at++;
  else if (bytes[at] === OPEN) {
    if (bytes[end - 1] !== CLOSE) return Number.NaN;
    isMinus = true;
    at++;
    end--;
  }
  if (bytes[at] === DOLLAR) at++;
  const point = pointIn(bytes, at, end);
  const whole = wholeAt(bytes, at, point);
  if (whole < 0) return Number.NaN;
  let part = 0;
  if (point < end) {
    const places = end - point - 1;
    if (places < 1 || places > 2) return Number.NaN;
    part = places === 2 ? twoDigits(bytes, point + 1) : digitAt(bytes, point + 1) * 10;
    if (part < 0) return Number.NaN;
  }
  const cents = whole * 100 + part;
  if (cents > AMOUNT_CENTS_MAX) return Number.NaN;
  return isMinus ? 0 - cents : cents;
}

/** Digits, or groups of three behind commas; -1 where it is neither. */
function wholeAt(bytes: Uint8Array, from: number, to: number): number {
  if (from >= to) return -1;
  let whole = 0;
  let digits = 0;
  let sinceComma = -1;
  for (let at = from; at < to; at++) {
    if (bytes[at] === COMMA) {
      const isFirst = sinceComma < 0;
      if (isFirst ? at === from || at - from > 3 : sinceComma !== 3) return -1;
      sinceComma = 0;
      continue;
    }
    const digit = digitAt(bytes, at);
    if (digit < 0 || ++digits > WHOLE_DIGITS_MAX) return -1;
    whole = whole * 10 + digit;
    if (sinceComma >= 0) sinceComma++;
  }
  return sinceComma === -1 || sinceComma === 3 ? whole : -1;
}

function pointIn(bytes: Uint8Array, from: number, to: number): number {
  for (let at = from; at < to; at++) if (bytes[at] === POINT) return at;
  return to;
}

/** 8-4-4-4-12 hexadecimal digits at [from, from + 36). */
export function isGuidAt(bytes: Uint8Array, from: number): boolean {
  for (let offset = 0; offset < 36; offset++) {
    const byte = bytes[from + offset] as number;
    if (offset === 8 || offset === 13 || offset === 18 || offset === 23) {
      if (byte !== MINUS) return false;
    } else if (isHex[byte] === 0) return false;
  }
  return true;
}

/** Are the bytes at [from, to) those at `other`? */
export function areSameBytes(bytes: Uint8Array, from: number, to: number, other: number): boolean {
  for (let at = from, twin = other; at < to; at++, twin++) if (bytes[at] !== bytes[twin]) return false;
  return true;
}

function digitAt(bytes: Uint8Array, at: number): number {
  const digit = (bytes[at] as number) - ZERO;
  return digit >= 0 && digit <= 9 ? digit : -100;
}

function twoDigits(bytes: Uint8Array, at: number): number {
  const tens = (bytes[at] as number) - ZERO;
  const ones = (bytes[at + 1] as number) - ZERO;
  return tens < 0 || tens > 9 || ones < 0 || ones > 9 ? -1 : tens * 10 + ones;
}
