import { z } from 'zod';

/** PostgreSQL knows no year 0, and clocks of other zones and the day after must still be within four digits. */
const FIRST_DAY = '0001-01-02';
const LAST_DAY = '9999-12-30';
const RANGE = `from ${FIRST_DAY} to ${LAST_DAY}`;

/** A day in a question or a body that every column can hold and be compared with: `2026-11-20`. */
export const storableDay = z.iso.date().refine((day) => isStorable(day), `must be a day ${RANGE}`);

/** An instant in a body that every column can hold, at most to the nanosecond: `2026-11-20T15:00:00Z`. */
export const storableInstantText = z.iso
  .datetime({ offset: true })
  .refine((text) => instantOf(text) !== undefined, `must be an instant ${RANGE}, with at most nine digits of a second`);

/** An instant, or a day that stands for its beginning in UTC, of a question. */
export const storableMoment = z
  .string()
  .max(40)
  .transform((text, context): Temporal.Instant => {
    const instant = instantOf(/^\d{4}-\d\d-\d\d$/.test(text) ? `${text}T00:00:00Z` : text);
    if (instant !== undefined) return instant;
    context.addIssue({
      code: 'custom',
      message: `must be an instant such as 2026-11-20T15:00:00Z, or a day, ${RANGE}`,
    });
    return z.NEVER;
  });

function instantOf(text: string): Temporal.Instant | undefined {
  try {
    const instant = Temporal.Instant.from(text);
    return isStorable(instant.toString().slice(0, FIRST_DAY.length)) ? instant : undefined;
  } catch {
    return undefined;
  }
}

/** Years of more digits begin with a sign, and so before every day of ours or not at all. */
function isStorable(day: string): boolean {
  return day >= FIRST_DAY && day <= LAST_DAY;
}
