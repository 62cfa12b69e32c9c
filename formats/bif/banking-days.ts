/** Banking days a shift may span; a rule of the field never needs more than a few weeks. */
const SHIFT_DAYS_MAX = 400;

type HolidayRule = {
  readonly name: string;
  readonly since: number;
  readonly month: number;
  /** A fixed day of the month, or the nth (−1: last) of a weekday (1 = Monday). */
  readonly on: { readonly day: number } | { readonly weekday: number; readonly nth: number };
};

/**
 * The holidays of the Federal Reserve Banks, with the first year each was kept.
 * Source: Federal Reserve Bank Services, "Holiday Schedules" (frbservices.org/about/holiday-schedules); 5 U.S.C. 6103.
 * A holiday on a Sunday is kept on the Monday; on a Saturday the banks are open the Friday before.
 */
const holidayRules: readonly HolidayRule[] = [
  { name: "New Year's Day", since: 1900, month: 1, on: { day: 1 } },
  { name: 'Martin Luther King Jr. Day', since: 1986, month: 1, on: { weekday: 1, nth: 3 } },
  { name: "Washington's Birthday", since: 1971, month: 2, on: { weekday: 1, nth: 3 } },
  { name: 'Memorial Day', since: 1971, month: 5, on: { weekday: 1, nth: -1 } },
  { name: 'Juneteenth National Independence Day', since: 2022, month: 6, on: { day: 19 } },
  { name: 'Independence Day', since: 1900, month: 7, on: { day: 4 } },
  { name: 'Labor Day', since: 1900, month: 9, on: { weekday: 1, nth: 1 } },
  { name: 'Columbus Day', since: 1971, month: 10, on: { weekday: 1, nth: 2 } },
  { name: 'Veterans Day', since: 1978, month: 11, on: { day: 11 } },
  { name: 'Thanksgiving Day', since: 1942, month: 11, on: { weekday: 4, nth: 4 } },
  { name: 'Christmas Day', since: 1900, month: 12, on: { day: 25 } },
];

/** Whether banks work on a day (`yyyy-mm-dd`). Passed in, so that a biller's or a test's own calendar fits. */
export type BankingCalendar = (isoDate: string) => boolean;

/** The weekdays of a year on which the Federal Reserve Banks are closed, in order. */
export function federalReserveHolidays(year: number): { readonly date: string; readonly name: string }[] {
  return holidayRules
    .filter((rule) => rule.since <= year)
    .map((rule) => ({ date: observedDate(rule, year), name: rule.name }))
    .filter((holiday) => weekday(holiday.date) < 6);
}

/** Is the day (`yyyy-mm-dd`) a banking day of the Federal Reserve? */
export function isBankingDay(isoDate: string): boolean {
  if (weekday(isoDate) > 5) return false;
  return !federalReserveHolidays(Number(isoDate.slice(0, 4))).some((holiday) => holiday.date === isoDate);
}

/**
 * The day `days` banking days later (earlier where negative). Each step goes to the next banking day in that direction, so the
 * answer is always a banking day; 0 is the day itself, or the next banking day where it is none.
 */
export function shiftBankingDays(isoDate: string, days: number, isBanking: BankingCalendar): string {
  const step = days < 0 ? -1 : 1;
  let date = isoDate;
  let left = Math.abs(days);
  if (left === 0 && isBanking(date)) return date;
  left = Math.max(left, 1);
  for (let tries = 0; tries < SHIFT_DAYS_MAX; tries++) {
    date = shiftDays(date, step);
    if (isBanking(date) && --left === 0) return date;
  }
  throw new RangeError(`No banking day found ${days} banking days from ${isoDate}.`);
}

/** The day `days` calendar days later, `yyyy-mm-dd`. */
export function shiftDays(isoDate: string, days: number): string {
  return Temporal.PlainDate.from(isoDate).add({ days }).toString();
}

function observedDate(rule: HolidayRule, year: number): string {
  const first = Temporal.PlainDate.from({ year, month: rule.month, day: 1 });
  if ('day' in rule.on) {
    const date = first.with({ day: rule.on.day });
    return (date.dayOfWeek === 7 ? date.add({ days: 1 }) : date).toString();
  }
  const { weekday: wanted, nth } = rule.on;
  if (nth > 0) return first.add({ days: ((wanted - first.dayOfWeek + 7) % 7) + (nth - 1) * 7 }).toString();
  const last = first.with({ day: first.daysInMonth });
  return last.subtract({ days: (last.dayOfWeek - wanted + 7) % 7 }).toString();
}

function weekday(isoDate: string): number {
  return Temporal.PlainDate.from(isoDate).dayOfWeek;
}
