import { describe, expect, test } from 'vitest';
import { testPartners } from '../../../testing/staff.ts';
import type { Configuration, SettingValue } from '../configuration.ts';
import { defaultConfiguration } from '../default-configuration.ts';
import { checkConfiguration, rules } from './rules.ts';

const partners = testPartners();
const GUID = '7d444840-9dc0-41d1-b245-5ffdce74fad2';
const sealed = { sealed: 'v1.x', fingerprint: '00000000' };
const text = (value: string): SettingValue => ({ kind: 'text', value });
const secret: SettingValue = { kind: 'secret', secret: sealed };
const keyed: SettingValue = { kind: 'keyAndPassword', privateKey: sealed, password: sealed };
const at = (n: number) => text(`https://host-${n}.example/api/`);
const multi = { '81': text('MULTIENVIRONMENT') };

/** A configuration with everything on that the first partner can do. */
function full(): Configuration {
  const base = defaultConfiguration({
    name: 'Prairie Pine',
    integrationPartner: 'Many Abilities',
    invoiceFormatGuid: GUID,
  });
  const settings: Record<string, SettingValue> = {
    '88': at(88),
    '105': { kind: 'onOff', value: true },
    '32': { kind: 'onOff', value: true },
    '131': { kind: 'json', value: { RTDRConfig: { UpdateBlockedFlags: true } } },
  };
  for (const url of [8, 11, 14, 17, 20])
    Object.assign(settings, { [url]: at(url), [url + 1]: text('user'), [url + 2]: secret });
  return {
    ...base,
    invoicing: { ...base.invoicing, realTimeDataRefresh: true },
    dataPump: {
      ...base.dataPump,
      payments: { ...base.dataPump.payments, 'Virtual Site': { CC: true, ACH: true } },
      nonPayment: { paperless: true, autopay: true },
    },
    ftp: {
      users: [{ username: 'pine', password: sealed, publicKeys: [] }],
      pdfSettings: [
        {
          username: 'pine',
          path: '/ToInvoiceCloud/PDFs',
          isBackupOn: true,
          moveAction: 'Move to Filename Pending',
          isActive: true,
        },
      ],
      zipSettings: [
        { username: 'pine', path: '/ToInvoiceCloud/PDFs', isBackupOn: true, areZipFilesDeleted: true, isActive: true },
      ],
    },
    advancedSettings: settings,
  };
}

function spectrum(): Configuration {
  const base = full();
  const same = { '8': at(8), '11': at(8), '9': text('user'), '12': text('user'), '10': keyed, '13': keyed };
  return {
    ...base,
    profile: { ...base.profile, integrationPartner: 'Few Abilities' },
    advancedSettings: same,
    dataPump: { ...base.dataPump, nonPayment: { paperless: false, autopay: false } },
  };
}

const type = (from: Configuration, change: Partial<Configuration['invoiceTypes'][number]>) => ({
  ...from,
  invoiceTypes: from.invoiceTypes.map((each) => ({ ...each, ...change })),
});
const settings = (from: Configuration, change: Record<string, SettingValue>) => ({
  ...from,
  advancedSettings: { ...from.advancedSettings, ...change },
});
const without = (from: Configuration, ...numbers: number[]) => ({
  ...from,
  advancedSettings: Object.fromEntries(
    Object.entries(from.advancedSettings).filter(([number]) => !numbers.includes(Number(number))),
  ),
});
const sso = (from: Configuration) => settings(from, { '3': at(3), '23': at(23), '36': at(36) });
const ssoReady = () => {
  const base = type(sso(full()), {
    authType: 'Email Address with Password',
    registration: { isSelfRegistrationOn: false, isPromptAfterPaymentOn: false, areEmailLinksOn: false },
  });
  return { ...base, products: { ...base.products, ssoConnect: true } };
};

/** One configuration for each rule, wrong in that rule, and where it must be told. */
const broken: Readonly<Record<string, readonly [Configuration, string][]>> = {
  'partner-known': [
    [{ ...full(), profile: { ...full().profile, integrationPartner: 'Nobody' } }, 'profile.integrationPartner'],
  ],
  'rtdr-endpoint': [8, 9, 10, 88].map((n) => [without(full(), n), `advancedSettings.${n}`]),
  'payments-endpoint': [11, 12, 13, 88].map((n) => [without(full(), n), `advancedSettings.${n}`]),
  'paperless-endpoint': [14, 15, 16].map((n) => [without(full(), n), `advancedSettings.${n}`]),
  'autopay-endpoint': [17, 18, 19].map((n) => [without(full(), n), `advancedSettings.${n}`]),
  'pdf-endpoint': [21, 22].map((n) => [without(full(), n), `advancedSettings.${n}`]),
  'partner-operation': [
    [
      { ...spectrum(), dataPump: { ...spectrum().dataPump, nonPayment: { paperless: true, autopay: false } } },
      'dataPump.nonPayment.paperless',
    ],
  ],
  'setting-of-partner': [14, 15, 16, 17, 18, 19, 20, 21, 22, 88, 105].map((n) => [
    settings(spectrum(), { [n]: n === 105 ? { kind: 'onOff', value: true } : at(n) }),
    `advancedSettings.${n}`,
  ]),
  'private-key-form': [
    [settings(spectrum(), { '10': secret }), 'advancedSettings.10'],
    [settings(spectrum(), { '13': secret }), 'advancedSettings.13'],
    [settings(full(), { '10': keyed }), 'advancedSettings.10'],
  ],
  'one-address': [[settings(spectrum(), { '11': at(12) }), 'advancedSettings.11']],
  'setting-kind': [
    [settings(full(), { '8': secret }), 'advancedSettings.8'],
    [settings(full(), { '10': text('open') }), 'advancedSettings.10'],
  ],
  'endpoint-url': [[settings(full(), { '8': text('ftp://host.example') }), 'advancedSettings.8']],
  'endpoint-not-encrypted': [[settings(full(), { '8': text('http://host.example') }), 'advancedSettings.8']],
  'endpoint-on-this-machine': [
    [settings(full(), { '11': text('http://127.0.0.1:4010/3403/api/') }), 'advancedSettings.11'],
  ],
  'blocked-flags-read-only': [
    [without(full(), 32), 'advancedSettings.32'],
    [settings(full(), { '32': { kind: 'onOff', value: false } }), 'advancedSettings.32'],
  ],
  'json-config': [
    [
      settings(full(), { '131': { kind: 'json', value: { RTDRConfig: { UpdateBlockedFlags: 'yes' } } } }),
      'advancedSettings.131',
    ],
  ],
  'environments-value': [
    [settings(full(), { '81': text('multi') }), 'advancedSettings.81'],
    [settings(spectrum(), multi), 'advancedSettings.81'],
  ],
  'environment-pairs': [8, 11, 20].map((n) => [settings(full(), multi), `advancedSettings.${n}`]),
  'pair-without-environments': [
    [
      settings(full(), { '8': { kind: 'pair', environment1: 'https://a.example', environment2: 'https://b.example' } }),
      'advancedSettings.8',
    ],
  ],
  'environment-of-invoice-type': [[settings(full(), multi), 'invoiceTypes.1.environment']],
  'environment-unused': [[type(full(), { environment: 2 }), 'invoiceTypes.1.environment']],
  'sso-addresses': [3, 23, 36].map((n) => [without(ssoReady(), n), `advancedSettings.${n}`]),
  'sso-auth-type': [
    [type(ssoReady(), { authType: 'Account Number with Registration Value' }), 'invoiceTypes.1.authType'],
  ],
  'sso-registration-off': [
    [
      type(ssoReady(), {
        registration: { isSelfRegistrationOn: false, isPromptAfterPaymentOn: false, areEmailLinksOn: true },
      }),
      'invoiceTypes.1.registration.areEmailLinksOn',
    ],
  ],
  'sso-product': [[{ ...ssoReady(), products: full().products }, 'products.ssoConnect']],
  'unknown-setting': [[settings(full(), { '4711': text('x') }), 'advancedSettings.4711']],
  'invoice-format-guid': [
    [type(full(), { invoiceFormatGuid: 'not-a-guid' }), 'invoiceTypes.1.invoiceFormatGuid'],
    [type(full(), { invoiceFormatGuid: '00000000-0000-0000-0000-000000000000' }), 'invoiceTypes.1.invoiceFormatGuid'],
  ],
  'invoice-type-once': [
    [{ ...full(), invoiceTypes: [...full().invoiceTypes, ...full().invoiceTypes] }, 'invoiceTypes.1.id'],
  ],
  'invoice-type-methods': [[type(full(), { methods: [] }), 'invoiceTypes.1.methods']],
  'ivr-invoice-types': [[{ ...full(), ivr: { invoiceTypeIds: ['9'] } }, 'ivr.invoiceTypeIds']],
  'card-limits': [[{ ...full(), cards: { ...full().cards, leastCents: 500, mostCents: 100 } }, 'cards.leastCents']],
  'card-brands': [[{ ...full(), cards: { ...full().cards, brands: [] } }, 'cards.brands']],
  'ftp-user-once': [
    [{ ...full(), ftp: { ...full().ftp, users: [...full().ftp.users, ...full().ftp.users] } }, 'ftp.users.pine'],
  ],
  'ftp-user-login': [
    [
      { ...full(), ftp: { ...full().ftp, users: [{ username: 'pine', password: null, publicKeys: [] }] } },
      'ftp.users.pine',
    ],
  ],
  'portal-css': [[{ ...full(), portal: { ...full().portal, css: 'p{' } }, 'portal.css']],
  'brand-logo': [
    [
      {
        ...full(),
        profile: { ...full().profile, brand: { ...full().profile.brand, logo: 'data:image/png;base64,AAAA' } },
      },
      'profile.brand.logo',
    ],
  ],
  'ftp-public-key': [
    [
      { ...full(), ftp: { ...full().ftp, users: [{ username: 'pine', password: null, publicKeys: ['rubbish'] }] } },
      'ftp.users.pine.publicKeys.0',
    ],
  ],
  'ftp-setting-once': [
    [
      { ...full(), ftp: { ...full().ftp, zipSettings: [...full().ftp.zipSettings, ...full().ftp.zipSettings] } },
      'ftp.zipSettings.1.path',
    ],
  ],
  'ftp-user': [
    [{ ...full(), ftp: { ...full().ftp, users: [] } }, 'ftp.pdfSettings.0.username'],
    [{ ...full(), ftp: { ...full().ftp, users: [] } }, 'ftp.zipSettings.0.username'],
  ],
  'ftp-zip-with-pdf': [[{ ...full(), ftp: { ...full().ftp, pdfSettings: [] } }, 'ftp.zipSettings.0.path']],
  'stale-balances': [
    [
      { ...full(), invoicing: { ...full().invoicing, realTimeDataRefresh: false, suppressStaleBalances: true } },
      'invoicing.suppressStaleBalances',
    ],
  ],
};

describe('the rules of a configuration', () => {
  test('find nothing in configurations that work', () => {
    const paired = type(
      settings(full(), {
        ...multi,
        ...Object.fromEntries(
          [8, 11, 20].map((n) => [
            n,
            {
              kind: 'pair',
              environment1: `https://a${n}.example`,
              environment2: `https://b${n}.example`,
            } satisfies SettingValue,
          ]),
        ),
      }),
      { environment: 2 },
    );
    for (const configuration of [
      full(),
      spectrum(),
      ssoReady(),
      paired,
      defaultConfiguration({ name: 'X', integrationPartner: 'Many Abilities', invoiceFormatGuid: GUID }),
    ]) {
      expect(checkConfiguration(configuration, partners)).toEqual([]);
    }
  });

  test.each(rules.map((rule) => [rule.id, rule] as const))('%s is told at its field when it is broken', (id, rule) => {
    const cases = broken[id];
    expect(cases, `no broken case for ${id}`).toBeDefined();
    for (const [configuration, where] of cases ?? []) {
      const found = checkConfiguration(configuration, partners).filter((fault) => fault.rule === id);
      expect(found.map((fault) => fault.at)).toContain(where);
      expect(found.every((fault) => fault.severity === rule.severity && /[.:]$|\.$/.test(fault.sentence))).toBe(true);
    }
  });

  test('tell two environments’ faults of one setting apart', () => {
    const open: SettingValue = { kind: 'pair', environment1: 'http://a.example/', environment2: 'http://b.example/' };
    const said = checkConfiguration(settings(full(), { ...multi, '8': open }), partners)
      .filter((fault) => fault.rule === 'endpoint-not-encrypted')
      .map((fault) => fault.sentence);
    expect(said).toHaveLength(2);
    expect(said[0]).toContain('of environment 1 is not https');
    expect(said[1]).toContain('of environment 2 is not https');
  });

  test('tell addresses of this machine in one sentence, and no other host with them', () => {
    const here = {
      '8': text('http://127.0.0.1:4010/3403/api/'),
      '11': text('http://localhost/api/'),
      '14': text('https://[::1]/'),
      '17': text('http://127.0.0.1.example/api/'),
      '20': text('http://localhost.example/api/'),
    };
    const told = checkConfiguration(settings(full(), here), partners).filter((fault) =>
      fault.rule.startsWith('endpoint-'),
    );
    expect(told.map((fault) => [fault.rule, fault.at])).toEqual([
      ['endpoint-not-encrypted', 'advancedSettings.17'],
      ['endpoint-not-encrypted', 'advancedSettings.20'],
      ['endpoint-on-this-machine', 'advancedSettings.8'],
    ]);
    expect(told.at(-1)?.sentence).toBe(
      'Settings 8, 11, and 14 lead to this machine itself: right for a sandbox, never for a real partner.',
    );
  });

  test('leave out rules only by having none', () => {
    expect(Object.keys(broken).toSorted()).toEqual(rules.map((rule) => rule.id).toSorted());
  });
});
