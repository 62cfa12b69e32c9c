/** Words and figures as staff read them. Money always has two places, a time always its zone. */

const dollars = new Intl.NumberFormat('en-US', { style: 'currency', currency: 'USD' });
const whole = new Intl.NumberFormat('en-US');
const dayWords = new Intl.DateTimeFormat('en-US', { month: 'short', day: 'numeric', year: 'numeric', timeZone: 'UTC' });
const shortDay = new Intl.DateTimeFormat('en-US', { month: 'short', day: 'numeric', timeZone: 'UTC' });
const moment = new Intl.DateTimeFormat('en-US', {
  month: 'short',
  day: 'numeric',
  year: 'numeric',
  hour: 'numeric',
  minute: '2-digit',
  timeZoneName: 'short',
});
const momentThisYear = new Intl.DateTimeFormat('en-US', {
  month: 'short',
  day: 'numeric',
  hour: 'numeric',
  minute: '2-digit',
  timeZoneName: 'short',
});
const clock = new Intl.DateTimeFormat('en-US', { hour: 'numeric', minute: '2-digit' });
const exactMoment = new Intl.DateTimeFormat('en-US', { dateStyle: 'full', timeStyle: 'long' });

export const money = (cents: number): string => dollars.format(cents / 100);
/** Without the sign, for columns headed by it. */
export const amount = (cents: number): string => dollars.format(cents / 100).replace('$', '');
export const count = (value: number): string => whole.format(value);
export const counted = (value: number, one: string, many = `${one}s`): string =>
  `${count(value)} ${value === 1 ? one : many}`;
/** `2026-11-20` as `Nov 20, 2026`. */
export const day = (iso: string): string => dayWords.format(new Date(`${iso}T00:00:00Z`));
export const dayShort = (iso: string): string => shortDay.format(new Date(`${iso}T00:00:00Z`));
export const when = (iso: string): string => moment.format(new Date(iso));
/** For columns, where room is short: without the year, unless it is another one. */
export const whenShort = (iso: string, nowMs: number): string =>
  (new Date(iso).getFullYear() === new Date(nowMs).getFullYear() ? momentThisYear : moment).format(new Date(iso));
export const whenExactly = (iso: string): string => exactMoment.format(new Date(iso));
export const hour = (iso: string): string => clock.format(new Date(iso));

/** How long ago, in the largest unit that fits: `4 min ago`. */
export function ago(iso: string, nowMs: number): string {
  const seconds = Math.round((nowMs - new Date(iso).getTime()) / 1000);
  if (seconds < 0) return `in ${span(-seconds)}`;
  return seconds < 10 ? 'just now' : `${span(seconds)} ago`;
}

export function span(seconds: number): string {
  if (seconds < 60) return `${seconds} s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min`;
  if (seconds < 86_400) return `${Math.floor(seconds / 3600)} h`;
  return counted(Math.floor(seconds / 86_400), 'day');
}

export function size(bytes: number): string {
  if (bytes < 1024) return `${bytes} B`;
  if (bytes < 1024 ** 2) return `${(bytes / 1024).toFixed(1)} kB`;
  if (bytes < 1024 ** 3) return `${(bytes / 1024 ** 2).toFixed(1)} MB`;
  return `${(bytes / 1024 ** 3).toFixed(2)} GB`;
}

export const methodWord = (method: string): string => (method === 'CC' ? 'Card' : method === 'ACH' ? 'Bank' : method);
/** `not_sent` as `Not sent`. */
export const words = (code: string): string => {
  const spaced = code
    .replace(/[_-]+/g, ' ')
    .replace(/([a-z])([A-Z])/g, '$1 $2')
    .toLowerCase();
  return spaced.charAt(0).toUpperCase() + spaced.slice(1);
};
