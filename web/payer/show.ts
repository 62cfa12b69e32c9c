import type { PageFrame } from '../../server/features/payer-site/contract.ts';

const LOCALES = { en: 'en-US', es: 'es-US' } as const;

/** `$1,675.00`, the same shape in both languages. */
export function dollars(frame: PageFrame, cents: number): string {
  return new Intl.NumberFormat(LOCALES[frame.locale], { style: 'currency', currency: 'USD' }).format(cents / 100);
}

/** A day without a time: `December 12, 2026`. */
export function day(frame: PageFrame, iso: string): string {
  return new Intl.DateTimeFormat(LOCALES[frame.locale], { dateStyle: 'long', timeZone: 'UTC' }).format(
    new Date(`${iso}T00:00:00Z`),
  );
}

/** An instant with its zone: `Nov 20, 2026, 9:15 AM CST`. */
export function moment(frame: PageFrame, iso: string): string {
  return new Intl.DateTimeFormat(LOCALES[frame.locale], {
    month: 'short',
    day: 'numeric',
    year: 'numeric',
    hour: 'numeric',
    minute: '2-digit',
    timeZone: frame.timeZone,
    timeZoneName: 'short',
  }).format(new Date(iso));
}
