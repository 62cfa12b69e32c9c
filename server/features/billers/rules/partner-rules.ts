import { type Configuration, type SettingValue, SOURCES } from '../configuration.ts';
import type { Partner, PartnerOperation } from '../partner.ts';
import {
  type CatalogueRow,
  ENVIRONMENTS_SETTING,
  endpointSettings,
  type SettingNeeds,
  SIGN_IN_SETTING,
  settingName,
  settingsCatalogue,
} from '../settings/settings-catalogue.ts';
import type { Finding, Rule, RuleFacts } from './rule.ts';

const at = (number: number | string): string => `advancedSettings.${number}`;

/** The rules about what is asked of the partner, by what it can do. */
export const partnerRules: readonly Rule[] = [
  {
    id: 'partner-known',
    severity: 'error',
    says: 'What is asked of a partner needs an Integration Partner ID that this installation knows.',
    find: ({ configuration, partner }) =>
      partner === undefined && wantsPartner(configuration)
        ? [
            {
              at: 'profile.integrationPartner',
              sentence: `No partner is called “${configuration.profile.integrationPartner}” here, so nothing can be refreshed or posted.`,
            },
          ]
        : [],
  },
  endpointRule(
    'rtdr-endpoint',
    'balance',
    'Real Time Data Refresh is on',
    (configuration) => configuration.invoicing.realTimeDataRefresh,
  ),
  endpointRule('payments-endpoint', 'payment', 'DataPump posts payments', postsPayments),
  endpointRule(
    'paperless-endpoint',
    'paperless',
    'DataPump posts paperless changes',
    (configuration) => configuration.dataPump.nonPayment.paperless,
  ),
  endpointRule(
    'autopay-endpoint',
    'autopay',
    'DataPump posts AutoPay changes',
    (configuration) => configuration.dataPump.nonPayment.autopay,
  ),
  endpointRule(
    'pdf-endpoint',
    'pdf',
    'an endpoint for remote PDFs is set',
    (configuration) => configuration.advancedSettings['20'] !== undefined,
  ),
  {
    id: 'partner-operation',
    severity: 'error',
    says: 'DataPump and Data Refresh ask only for what the partner can do.',
    find: partnerCannot,
  },
  {
    id: 'setting-of-partner',
    severity: 'error',
    says: 'A setting that does not exist for the partner is not set (14–22, 88 and 105 for a partner without them).',
    find: ({ configuration, partner }) =>
      partner === undefined
        ? []
        : settingsCatalogue
            .filter(
              (row) =>
                row.number !== ENVIRONMENTS_SETTING &&
                configuration.advancedSettings[String(row.number)] !== undefined &&
                !settingExistsFor(row, partner),
            )
            .map((row) => ({
              at: at(row.number),
              sentence: `Setting ${settingName(row.number)} does not exist for ${partner.name}; remove it.`,
            })),
  },
  {
    id: 'private-key-form',
    severity: 'error',
    says: 'Settings 10 and 13 hold [PrivateKey]|[Password] for a partner with a private key, and one password for others.',
    find: privateKeyForm,
  },
  {
    id: 'one-address',
    severity: 'warning',
    says: 'A partner with a private key takes balances and payments at one address, with one login (8–10 the same as 11–13).',
    find: oneAddress,
  },
];

/** Whether a setting exists for a partner, by what the partner can do. */
export function settingExistsFor(row: CatalogueRow, partner: Partner): boolean {
  return row.partnerNeeds === undefined || isAble(partner, row.partnerNeeds);
}

/** Whether DataPump posts payments of any source and method. */
export function postsPayments(configuration: Configuration): boolean {
  return SOURCES.some(
    (source) => configuration.dataPump.payments[source].CC || configuration.dataPump.payments[source].ACH,
  );
}

function isAble(partner: Partner, needs: SettingNeeds): boolean {
  switch (needs) {
    case 'separate sign-in':
      return partner.abilities.hasSeparateSignIn;
    case 'environments':
      return partner.abilities.hasEnvironments;
    case 'single invoices':
      return partner.abilities.sendsSingleInvoices;
    default:
      return partner.abilities.operations.includes(needs);
  }
}

function wantsPartner(configuration: Configuration): boolean {
  const { nonPayment } = configuration.dataPump;
  return (
    configuration.invoicing.realTimeDataRefresh ||
    postsPayments(configuration) ||
    nonPayment.paperless ||
    nonPayment.autopay
  );
}

function endpointRule(
  id: string,
  operation: PartnerOperation,
  because: string,
  isWanted: (configuration: Configuration) => boolean,
): Rule {
  const { url, username, password } = endpointSettings[operation];
  return {
    id,
    severity: 'error',
    says: `Where ${because}, settings ${url}–${password} are set, and ${SIGN_IN_SETTING} for a partner with a sign-in of its own.`,
    find: ({ configuration, partner, can }) => {
      if (!isWanted(configuration) || !can(operation)) return [];
      const needed = [url, username, password, ...(partner?.abilities.hasSeparateSignIn ? [SIGN_IN_SETTING] : [])];
      return needed
        .filter((number) => configuration.advancedSettings[String(number)] === undefined)
        .map((number) => ({ at: at(number), sentence: `Setting ${settingName(number)} is missing: ${because}.` }));
    },
  };
}

function partnerCannot({ configuration, partner, can }: RuleFacts): readonly Finding[] {
  if (partner === undefined) return [];
  const asked: readonly (readonly [boolean, PartnerOperation, string, string])[] = [
    [configuration.invoicing.realTimeDataRefresh, 'balance', 'invoicing.realTimeDataRefresh', 'balance refresh'],
    [postsPayments(configuration), 'payment', 'dataPump.payments', 'payments'],
    [configuration.dataPump.nonPayment.paperless, 'paperless', 'dataPump.nonPayment.paperless', 'paperless changes'],
    [configuration.dataPump.nonPayment.autopay, 'autopay', 'dataPump.nonPayment.autopay', 'AutoPay changes'],
  ];
  return asked
    .filter(([isAsked, operation]) => isAsked && !can(operation))
    .map(([, , place, what]) => ({
      at: place,
      sentence: `${partner.name} takes no ${what}; take this selection out.`,
    }));
}

function privateKeyForm({ configuration, partner }: RuleFacts): readonly Finding[] {
  if (partner === undefined) return [];
  return settingsCatalogue
    .filter((row) => row.kind === 'secret')
    .flatMap((row) => {
      const value = configuration.advancedSettings[String(row.number)];
      if (value === undefined) return [];
      const isKeyAndPassword = value.kind === 'keyAndPassword';
      const shouldBe = partner.abilities.hasPrivateKey && row.mayHoldPrivateKey;
      if (isKeyAndPassword === shouldBe) return [];
      return [
        {
          at: at(row.number),
          sentence: shouldBe
            ? `Setting ${settingName(row.number)} must be [PrivateKey]|[Password] for ${partner.name}, with one | between them.`
            : `Setting ${settingName(row.number)} holds a private key, which ${partner.name} does not use; enter the password alone.`,
        },
      ];
    });
}

function oneAddress({ configuration, partner }: RuleFacts): readonly Finding[] {
  if (!partner?.abilities.hasPrivateKey) return [];
  const settings = configuration.advancedSettings;
  return (
    [
      [8, 11],
      [9, 12],
      [10, 13],
    ] as const
  )
    .filter(
      ([refresh, payments]) =>
        settings[String(payments)] !== undefined &&
        compared(settings[String(refresh)]) !== compared(settings[String(payments)]),
    )
    .map(([refresh, payments]) => ({
      at: at(payments),
      sentence: `Setting ${settingName(payments)} differs from ${settingName(refresh)}; ${partner.name} gives one for both.`,
    }));
}

/** What two settings are compared by: secrets by their fingerprints. */
function compared(value: SettingValue | undefined): string {
  return JSON.stringify(value, (name, part: unknown) => (name === 'sealed' ? undefined : part)) ?? '';
}
