import type { Tone } from '../../../parts/state-mark.tsx';
import type { MaintenancePage, WindowDraft, WindowView } from './window-data.ts';

/** A state as a word and a shape. */
export const STATES: Readonly<Record<WindowView['state'], readonly [word: string, tone: Tone]>> = {
  'in-force': ['In force', 'warn'],
  planned: ['Planned', 'wait'],
  off: ['Not active', 'off'],
  'ended-early': ['Ended early', 'off'],
  over: ['Over', 'off'],
};

/** What can be closed; paying always is, and is not asked about. */
export const CHOSEN_PAGES: readonly (readonly [page: MaintenancePage, words: string])[] = [
  ['find', 'Find your bill (the first page of the Virtual Site)'],
  ['bill', 'The bill and its PDF'],
  ['customer-portal', 'Customer Portal'],
  ['sso-connect', 'Arrivals by SSO Connect'],
  ['pay-by-text', 'Pay by Text'],
];
const SHORT: Readonly<Record<MaintenancePage, string>> = {
  find: 'Find your bill',
  bill: 'Bill',
  pay: 'Paying',
  'customer-portal': 'Customer Portal',
  'sso-connect': 'SSO Connect',
  'pay-by-text': 'Pay by Text',
};

export const closesWords = (window: Pick<WindowView, 'appliesToAll' | 'pages'>): string =>
  window.appliesToAll ? 'All pages' : window.pages.map((page) => SHORT[page]).join(', ');

export const ACTS: Readonly<Record<string, string>> = {
  planned: 'Planned',
  begun: 'Begun at once',
  changed: 'Changed',
  'ended-early': 'Ended early',
  'switched-on': 'Made active',
  'switched-off': 'Made not active',
  over: 'Over by itself, put away',
};

/** The names of the form's fields, as histories and conflicts tell them. */
export const FIELDS: Readonly<Record<string, string>> = {
  description: 'Internal description',
  'message.en': 'Message in English',
  'message.es': 'Message in Spanish',
  start: 'Start',
  end: 'End',
  isActive: 'Active',
  pages: 'Pages',
  pausesDataPump: 'Pause DataPump',
};

const CENTRAL = 'America/Chicago';

/** A moment in words, in a zone that is named in it. */
export function sayIn(iso: string, timeZone: string | undefined, locale = 'en-US'): string {
  return new Intl.DateTimeFormat(locale, {
    weekday: 'short',
    year: 'numeric',
    month: 'short',
    day: 'numeric',
    hour: 'numeric',
    minute: '2-digit',
    timeZone,
    timeZoneName: 'short',
  }).format(new Date(iso));
}

/** Now, as it is typed in Central Time: `2026-11-21T22:00`. */
export function centralNow(): string {
  const parts = new Intl.DateTimeFormat('sv-SE', { timeZone: CENTRAL, dateStyle: 'short', timeStyle: 'short' });
  return parts.format(new Date()).replace(' ', 'T');
}

/** Words to begin with; they say what payers ask: from when to when, what does not work, and that nothing is lost. */
export function suggestedMessage(startsAt: string, endsAt: string): WindowDraft['message'] & { es: string } {
  const say = (iso: string, locale: string) => sayIn(iso, CENTRAL, locale);
  return {
    en: `We are working on this site from ${say(startsAt, 'en-US')} to ${say(endsAt, 'en-US')}. In that time bills can’t be seen or paid here. Nothing you have paid is lost, and everything works again afterwards. Thank you for your patience.`,
    es: `Estamos trabajando en este sitio desde ${say(startsAt, 'es-US')} hasta ${say(endsAt, 'es-US')}. Mientras tanto, aquí no se pueden ver ni pagar facturas. Nada de lo que haya pagado se pierde, y después todo funcionará otra vez. Gracias por su paciencia.`,
  };
}
