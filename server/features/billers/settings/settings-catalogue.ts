import type { PartnerOperation } from '../partner.ts';

/** How a setting's text is read: see setting-text.ts. */
export type SettingKind = 'url' | 'text' | 'secret' | 'onOff' | 'json' | 'word';

/** What a partner must be able to do for a setting to exist. `undefined` in the catalogue: any partner. */
export type SettingNeeds = PartnerOperation | 'separate sign-in' | 'environments' | 'single invoices';

/** One Advanced Setting (spec/configuration.md, "Advanced Settings catalogue"). */
export interface CatalogueRow {
  readonly number: number;
  readonly description: string;
  readonly kind: SettingKind;
  /** Under MULTIENVIRONMENT: two values, one or two, or always one. */
  readonly pairs: 'needed' | 'optional' | 'never';
  readonly partnerNeeds: SettingNeeds | undefined;
  /** `console`: Causeway's own staff. `biller`: the biller's staff as well. */
  readonly audience: 'console' | 'biller';
  /** The settings it is of no use without. */
  readonly with: readonly number[];
  /** A private key and a password, for partners that want both. */
  readonly mayHoldPrivateKey: boolean;
  /** For kind `onOff`: its two texts, on first. */
  readonly words: readonly [string, string];
  /** For kind `word`: the only text. */
  readonly word: string | undefined;
}

/** One operation of a partner: where it goes, as whom. Setting 88 is the sign-in of all of them. */
export interface EndpointSettings {
  readonly url: number;
  readonly username: number;
  readonly password: number;
}

export const SIGN_IN_SETTING = 88;
export const ENVIRONMENTS_SETTING = 81;
export const MULTI_ENVIRONMENT = 'MULTIENVIRONMENT';

/** The settings of each operation: the data behind connections, rules and the clearing of secrets. */
export const endpointSettings: Readonly<Record<PartnerOperation, EndpointSettings>> = {
  balance: { url: 8, username: 9, password: 10 },
  payment: { url: 11, username: 12, password: 13 },
  paperless: { url: 14, username: 15, password: 16 },
  autopay: { url: 17, username: 18, password: 19 },
  pdf: { url: 20, username: 21, password: 22 },
};

export const settingsCatalogue: readonly CatalogueRow[] = [
  row(3, 'SSO login URL', 'url', { audience: 'biller', with: [23, 36] }),
  ...endpoint('balance', 'needed', [
    'RTDR EndPoint/WebService URL',
    'RTDR Username if Applicable',
    'RTDR Key or Password if Applicable',
  ]),
  ...endpoint('payment', 'needed', [
    'DataPump Payments EndPoint/WebService URL',
    'DataPump Payments EndPoint/WebService Username',
    'DataPump Payments EndPoint/WebService Password',
  ]),
  ...endpoint('paperless', 'optional', [
    'DataPump Paperless EndPoint/WebService URL',
    'DataPump Paperless EndPoint/WebService Username',
    'DataPump Paperless EndPoint/WebService Password',
  ]),
  ...endpoint('autopay', 'optional', [
    'DataPump AutoPay EndPoint/WebService URL',
    'DataPump AutoPay EndPoint/WebService Username',
    'DataPump AutoPay EndPoint/WebService Password',
  ]),
  ...endpoint('pdf', 'needed', [
    'Remote PDF EndPoint/WebService URL',
    'Remote PDF EndPoint/WebService Username',
    'Remote PDF EndPoint/WebService Password',
  ]),
  row(23, 'SSO logout URL', 'url', { audience: 'biller', with: [3, 36] }),
  row(32, 'Customer Profile - Set Block ACH/CC as ReadOnly', 'onOff', { audience: 'biller' }),
  row(36, 'SSO return URL', 'url', { audience: 'biller', with: [3, 23] }),
  row(ENVIRONMENTS_SETTING, 'RTDR Service Version', 'word', { word: MULTI_ENVIRONMENT, partnerNeeds: 'environments' }),
  row(SIGN_IN_SETTING, 'Secondary RTDR EndPoint/WebService URL', 'url', {
    pairs: 'optional',
    partnerNeeds: 'separate sign-in',
  }),
  row(105, 'Batch Single Invoice Imports', 'onOff', { words: ['1', '0'], partnerNeeds: 'single invoices' }),
  row(131, 'JSON Config', 'json', {}),
].toSorted((a, b) => a.number - b.number);

const byNumber: ReadonlyMap<string, CatalogueRow> = new Map(
  settingsCatalogue.map((entry) => [String(entry.number), entry]),
);

/** The catalogue's row of a setting; undefined for a number Causeway doesn't know (kept as text, with a warning). */
export function catalogueRow(number: string): CatalogueRow | undefined {
  return byNumber.get(number);
}

/** `8 (RTDR EndPoint/WebService URL)`, as messages name a setting. */
export function settingName(number: number): string {
  return `${number} (${byNumber.get(String(number))?.description ?? 'unknown'})`;
}

function row(number: number, description: string, kind: SettingKind, more: Partial<CatalogueRow>): CatalogueRow {
  return {
    number,
    description,
    kind,
    pairs: 'never',
    partnerNeeds: undefined,
    audience: 'console',
    with: [],
    mayHoldPrivateKey: false,
    words: ['on', 'off'],
    word: undefined,
    ...more,
  };
}

function endpoint(
  operation: PartnerOperation,
  urlPairs: 'needed' | 'optional',
  descriptions: readonly [string, string, string],
): CatalogueRow[] {
  const { url, username, password } = endpointSettings[operation];
  // Balance and payments are of every partner: what it cannot do is said by the rules in words of the operation.
  const partnerNeeds = operation === 'balance' || operation === 'payment' ? undefined : operation;
  return [
    row(url, descriptions[0], 'url', { pairs: urlPairs, partnerNeeds, with: [username, password] }),
    row(username, descriptions[1], 'text', { pairs: 'optional', partnerNeeds, with: [url] }),
    row(password, descriptions[2], 'secret', {
      pairs: 'optional',
      partnerNeeds,
      with: [url],
      mayHoldPrivateKey: partnerNeeds === undefined,
    }),
  ];
}
