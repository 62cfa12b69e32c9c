import type { PageFrame } from '../../server/features/payer-site/contract.ts';

const LOCALES = { en: 'en-US', es: 'es-US' } as const;

/** Formatters are dear to make and free to use; there are two languages and the time zones of billers. */
const FORMATTERS_MAX = 200;
const formatters = new Map<string, Intl.NumberFormat | Intl.DateTimeFormat>();

function once<T extends Intl.NumberFormat | Intl.DateTimeFormat>(key: string, make: () => T): T {
  const known = formatters.get(key);
  if (known !== undefined) return known as T;
  const made = make();
  if (formatters.size < FORMATTERS_MAX) formatters.set(key, made);
  return made;
}

/** `$1,675.00`, the same shape in both languages. */
export function dollars(frame: PageFrame, cents: number): string {
  const locale = LOCALES[frame.locale];
  return once(`dollars ${locale}`, () => new Intl.NumberFormat(locale, { style: 'currency', currency: 'USD' })).format(
    cents / 100,
  );
}

/** A day without a time: `December 12, 2026`. */
export function day(frame: PageFrame, iso: string): string {
  const locale = LOCALES[frame.locale];
  return once(`day ${locale}`, () => new Intl.DateTimeFormat(locale, { dateStyle: 'long', timeZone: 'UTC' })).format(
    new Date(`${iso}T00:00:00Z`),
  );
}

/** The day of the week of an instant, in the biller's zone. */
export function weekday(frame: PageFrame, iso: string): string {
  const locale = LOCALES[frame.locale];
  const { timeZone } = frame;
  return once(
    `weekday ${locale} ${timeZone}`,
    () => new Intl.DateTimeFormat(locale, { weekday: 'long', timeZone }),
  ).format(new Date(iso));
}

/** An instant with its zone: `Nov 20, 2026, 9:15 AM CST`. */
export function moment(frame: PageFrame, iso: string): string {
  const locale = LOCALES[frame.locale];
  const { timeZone } = frame;
  return once(
    `moment ${locale} ${timeZone}`,
    () =>
      new Intl.DateTimeFormat(locale, {
        month: 'short',
        day: 'numeric',
        year: 'numeric',
        hour: 'numeric',
        minute: '2-digit',
        timeZone,
        timeZoneName: 'short',
      }),
  ).format(new Date(iso));
}
