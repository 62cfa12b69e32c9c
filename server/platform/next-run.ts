/** Minutes of a leap year and a day: a line that names no moment in them names none. */
const MINUTES_MAX = 367 * 24 * 60;
const MINUTE_MS = 60_000;

/** The five fields of a cron line, with their least and greatest value; Sunday is 0 and 7. */
const FIELDS = [
  [0, 59],
  [0, 23],
  [1, 31],
  [1, 12],
  [0, 7],
] as const;

/**
 * When a cron line (five fields, UTC) runs next after a moment; undefined for a line that is none, or never runs. As cron
 * does it, a day counts when either of day-of-month and weekday fits, where both are given.
 */
export function nextRun(cron: string, after: Temporal.Instant): Temporal.Instant | undefined {
  const fields = cron.trim().split(/\s+/);
  if (fields.length !== FIELDS.length) return undefined;
  const sets = FIELDS.map(([least, most], at) => valuesOf(fields[at] ?? '', least, most));
  const [minutes, hours, days, months, weekdays] = sets;
  if (!minutes || !hours || !days || !months || !weekdays) return undefined;
  const isAnyDay = fields[2] === '*';
  const isAnyWeekday = fields[4] === '*';
  let ms = (Math.floor(after.epochMilliseconds / MINUTE_MS) + 1) * MINUTE_MS;
  for (let tried = 0; tried < MINUTES_MAX; tried += 1, ms += MINUTE_MS) {
    const at = new Date(ms);
    if (!minutes.has(at.getUTCMinutes()) || !hours.has(at.getUTCHours()) || !months.has(at.getUTCMonth() + 1)) continue;
    const fitsDay = days.has(at.getUTCDate());
    const fitsWeekday = weekdays.has(at.getUTCDay());
    const fits = isAnyDay || isAnyWeekday ? fitsDay && fitsWeekday : fitsDay || fitsWeekday;
    if (fits) return Temporal.Instant.fromEpochMilliseconds(ms);
  }
  return undefined;
}

/** The values of one field: lists of `*`, `a`, `a-b`, each with an optional `/step`. */
function valuesOf(field: string, least: number, most: number): ReadonlySet<number> | undefined {
  const values = new Set<number>();
  for (const part of field.split(',')) {
    const match = /^(?:\*|(\d{1,2})(?:-(\d{1,2}))?)(?:\/(\d{1,2}))?$/.exec(part);
    if (!match) return undefined;
    const [, from, to, step] = match;
    const first = from === undefined ? least : Number(from);
    const last = from === undefined ? most : to !== undefined ? Number(to) : step !== undefined ? most : first;
    const stride = step === undefined ? 1 : Number(step);
    if (first < least || last > most || first > last || stride === 0) return undefined;
    for (let value = first; value <= last; value += stride) values.add(most === 7 ? value % 7 : value);
  }
  return values;
}
