/** The zone maintenance windows are entered and shown in, whatever the biller's own (spec/configuration.md). */
export const CENTRAL = 'America/Chicago';
/** A time as it is typed: a day and a minute, without a zone. */
export const LOCAL_TIME = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}$/;

/** Which of the two same times of the autumn night is meant: the one in daylight time (CDT) or the one after it (CST). */
export type Occurrence = 'first' | 'second';

/** What a typed time is: a moment, or why it is none, or two moments of which one has to be chosen. */
export type CentralTime =
  | { readonly kind: 'moment'; readonly at: Temporal.Instant }
  | { readonly kind: 'no-such-day' }
  | { readonly kind: 'gap'; readonly before: string; readonly after: string; readonly nearest: Temporal.Instant }
  | { readonly kind: 'twice'; readonly first: Temporal.Instant; readonly second: Temporal.Instant };

/**
 * The moment of a time of the Central zone. A time that the spring change leaves out is none (`gap`: the last minute
 * before it and the first after it); one that the autumn change brings twice is asked about unless `occurrence` says
 * which. An `occurrence` of a time that comes once says nothing, and is not looked at.
 */
export function fromCentral(local: string, occurrence?: Occurrence): CentralTime {
  const typed = plainOf(local);
  if (!typed) return { kind: 'no-such-day' };
  const first = typed.toZonedDateTime(CENTRAL, { disambiguation: 'earlier' });
  const second = typed.toZonedDateTime(CENTRAL, { disambiguation: 'later' });
  if (first.toInstant().equals(second.toInstant())) return { kind: 'moment', at: first.toInstant() };
  if (!first.toPlainDateTime().equals(typed)) {
    // In a gap “earlier” and “later” lie on its two sides; the change itself is between them.
    const change = first.getTimeZoneTransition('next') ?? second;
    const after = change.toPlainDateTime();
    const before = change.toInstant().subtract({ minutes: 1 }).toZonedDateTimeISO(CENTRAL).toPlainDateTime();
    return { kind: 'gap', before: clockOf(before), after: clockOf(after), nearest: change.toInstant() };
  }
  if (occurrence === undefined) return { kind: 'twice', first: first.toInstant(), second: second.toInstant() };
  return { kind: 'moment', at: occurrence === 'first' ? first.toInstant() : second.toInstant() };
}

/** A moment as it is typed in Central Time, with which of two it is where it comes twice: what `fromCentral` reads back. */
export function toCentral(at: Temporal.Instant): { readonly local: string; readonly occurrence: Occurrence | null } {
  const zoned = at.toZonedDateTimeISO(CENTRAL);
  const local = zoned.toPlainDateTime().toString({ smallestUnit: 'minute' });
  const asked = fromCentral(local);
  if (asked.kind !== 'twice') return { local, occurrence: null };
  const isFirst = zoned.offsetNanoseconds === asked.first.toZonedDateTimeISO(CENTRAL).offsetNanoseconds;
  return { local, occurrence: isFirst ? 'first' : 'second' };
}

/** `Saturday, November 21, 2026 at 10:00 PM CST`: the zone's own letters, so that the two times of a night differ. */
export function sayCentral(at: Temporal.Instant): string {
  return SPOKEN.format(at.epochMilliseconds);
}

/** `November 1, 2026`. */
export function sayDay(local: string): string {
  const typed = plainOf(local);
  return typed ? DAY.format(typed.toZonedDateTime('UTC').epochMilliseconds) : local;
}

/** `2:30 AM`. */
export function sayClock(local: string): string {
  const typed = plainOf(local);
  return typed ? clockOf(typed) : local;
}

/** `2 hours 30 minutes`, `3 days 4 hours`: real time that passes, whatever the clocks do in it. */
export function sayLength(minutes: number): string {
  const parts: readonly (readonly [number, string])[] = [
    [Math.floor(minutes / 1440), 'day'],
    [Math.floor((minutes % 1440) / 60), 'hour'],
    [minutes % 60, 'minute'],
  ];
  return parts
    .filter(([count]) => count > 0)
    .slice(0, 2)
    .map(([count, word]) => `${count} ${word}${count === 1 ? '' : 's'}`)
    .join(' ');
}

const SPOKEN = new Intl.DateTimeFormat('en-US', {
  weekday: 'long',
  year: 'numeric',
  month: 'long',
  day: 'numeric',
  hour: 'numeric',
  minute: '2-digit',
  timeZone: CENTRAL,
  timeZoneName: 'short',
});
const DAY = new Intl.DateTimeFormat('en-US', { dateStyle: 'long', timeZone: 'UTC' });
const CLOCK = new Intl.DateTimeFormat('en-US', { hour: 'numeric', minute: '2-digit', timeZone: 'UTC' });

function clockOf(time: Temporal.PlainDateTime): string {
  return CLOCK.format(time.toZonedDateTime('UTC').epochMilliseconds).replace(/\s/g, ' ');
}

function plainOf(local: string): Temporal.PlainDateTime | undefined {
  if (!LOCAL_TIME.test(local)) return undefined;
  try {
    return Temporal.PlainDateTime.from(local, { overflow: 'reject' });
  } catch {
    return undefined;
  }
}
