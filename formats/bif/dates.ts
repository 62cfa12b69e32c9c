const YEAR_MIN = 1900;
const YEAR_MAX = 2199;
const DAYS = new Uint8Array([0, 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]);

/** A day as the number yyyymmdd (20261120): compares as dates do, and costs no string. 0 is no day. */
export type DayNumber = number;

/** The day, or 0 where there is no such day in the years 1900 to 2199. */
export function dayNumber(year: number, month: number, day: number): DayNumber {
  if (year < YEAR_MIN || year > YEAR_MAX || month < 1 || month > 12 || day < 1) return 0;
  const isLeap = month === 2 && year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
  if (day > (DAYS[month] as number) + (isLeap ? 1 : 0)) return 0;
  return year * 10_000 + month * 100 + day;
}

/** `mm/dd/yyyy` to a day, 0 if it is none. */
export function parseUsDate(text: string): DayNumber {
  const found = /^(\d\d)\/(\d\d)\/(\d{4})$/.exec(text);
  return found === null ? 0 : dayNumber(Number(found[3]), Number(found[1]), Number(found[2]));
}

/** `yyyy-mm-dd` to a day, 0 if it is none. */
export function parseIsoDate(text: string): DayNumber {
  const found = /^(\d{4})-(\d\d)-(\d\d)$/.exec(text);
  return found === null ? 0 : dayNumber(Number(found[1]), Number(found[2]), Number(found[3]));
}

/** A day as `yyyy-mm-dd`. */
export function isoDate(day: DayNumber): string {
  const text = String(day);
  return `${text.slice(0, 4)}-${text.slice(4, 6)}-${text.slice(6)}`;
}

/** `yyyy-mm-dd` as a file carries it, `mm/dd/yyyy`. */
export function usDate(iso: string): string {
  return `${iso.slice(5, 7)}/${iso.slice(8)}/${iso.slice(0, 4)}`;
}
