import { formatDollars } from '../../platform/money.ts';

/**
 * The authorization of a single bank debit entered on the web: what a consumer must be shown, agree to and get a copy of.
 * Source: Nacha Operating Rules, Subsection 2.3.2 (form and content of consumer authorizations) and WEB entries; kept two
 * years after the debit. The seven elements are checked when the text is made: a version that lost one cannot be used.
 */
export const WEB_ELEMENTS = [
  'single-or-recurring',
  'amount',
  'timing',
  'payer',
  'account',
  'date',
  'revocation',
] as const;
export type WebElement = (typeof WEB_ELEMENTS)[number];

interface AuthorizationVersion {
  readonly version: string;
  readonly from: string;
  readonly until: string | undefined;
  readonly source: string;
  /** `{…}` are filled; each element of the rule names the words that carry it. */
  readonly en: string;
  readonly es: string;
  readonly elements: Readonly<Record<WebElement, { readonly en: string; readonly es: string }>>;
}

export const WEB_AUTHORIZATIONS: readonly AuthorizationVersion[] = [
  {
    version: '2026-01',
    from: '2021-04-01',
    until: undefined,
    source: 'Nacha Operating Rules 2.3.2.2 and 2.5.17 (WEB), minimum content in force since 17 September 2021',
    en: 'By pressing Pay, I, {payer}, authorize {biller} to make one single electronic debit of {amount} (which includes a fee of {fee}) on or after {date} from the bank account whose routing and account numbers I enter on the next page. Signed electronically on {date}. I can revoke this authorization by telling {biller} {contact} before the debit is sent, which may be on the same day.',
    es: 'Al oprimir Pagar, yo, {payer}, autorizo a {biller} a hacer un único débito electrónico de {amount} (que incluye un cargo de {fee}) el {date} o después, de la cuenta bancaria cuyos números de ruta y de cuenta escribo en la página siguiente. Firmado electrónicamente el {date}. Puedo revocar esta autorización avisando a {biller} {contact} antes de que se envíe el débito, lo que puede ocurrir el mismo día.',
    elements: {
      'single-or-recurring': { en: 'one single electronic debit', es: 'un único débito electrónico' },
      amount: { en: '{amount}', es: '{amount}' },
      timing: { en: 'on or after {date}', es: 'el {date} o después' },
      payer: { en: '{payer}', es: '{payer}' },
      account: {
        en: 'bank account whose routing and account numbers',
        es: 'cuenta bancaria cuyos números de ruta y de cuenta',
      },
      date: { en: 'Signed electronically on {date}', es: 'Firmado electrónicamente el {date}' },
      revocation: { en: 'revoke this authorization', es: 'revocar esta autorización' },
    },
  },
];

export interface WebAuthorization {
  readonly version: string;
  readonly text: string;
}

/** The text the payer agrees to, with its version; throws when a version lacks an element of the rule. `day` is `yyyy-mm-dd`. */
export function webAuthorization(from: {
  locale: 'en' | 'es';
  day: string;
  payerName: string;
  billerName: string;
  amountCents: number;
  feeCents: number;
  /** How to reach the biller, e.g. `at 515-555-0100`; empty when the biller gave none. */
  contact: string;
}): WebAuthorization {
  const version = WEB_AUTHORIZATIONS.find(
    (entry) => entry.from <= from.day && (entry.until === undefined || from.day < entry.until),
  );
  if (version === undefined) throw new Error(`no authorization text is in force on ${from.day}`);
  const missing = missingElements(version[from.locale], version, from.locale);
  if (missing.length > 0) throw new Error(`authorization ${version.version} lacks: ${missing.join(', ')}`);
  const language = from.locale === 'es' ? 'es-US' : 'en-US';
  const values: Readonly<Record<string, string>> = {
    payer: from.payerName,
    biller: from.billerName,
    amount: formatDollars(from.amountCents, language),
    fee: formatDollars(from.feeCents, language),
    date: Temporal.PlainDate.from(from.day).toLocaleString(language, { dateStyle: 'long' }),
    contact: from.contact,
  };
  const text = version[from.locale]
    .replace(/\{(\w+)\}/g, (_whole, name: string) => values[name] ?? '')
    .replace(/ {2,}/g, ' ');
  return { version: version.version, text };
}

/** The elements of the rule whose words are not in the text. */
export function missingElements(text: string, version: AuthorizationVersion, locale: 'en' | 'es'): WebElement[] {
  return WEB_ELEMENTS.filter((element) => !text.includes(version.elements[element][locale]));
}
