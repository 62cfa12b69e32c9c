import { z } from 'zod';
import { type Configuration, type SettingValue, SOURCES } from './configuration.ts';
import { blockedFlagsFollowPartner, isSettingOn } from './fees.ts';
import type { Partner, PartnerOperation } from './partner.ts';
import type { Finding, Rule, RuleFacts } from './rule.ts';
import { isMultiEnvironment, urlFault } from './setting-text.ts';
import {
  type CatalogueRow,
  catalogueRow,
  ENVIRONMENTS_SETTING,
  endpointSettings,
  MULTI_ENVIRONMENT,
  type SettingNeeds,
  SIGN_IN_SETTING,
  settingName,
  settingsCatalogue,
} from './settings-catalogue.ts';

const at = (number: number | string): string => `advancedSettings.${number}`;
const jsonConfigSchema = z.strictObject({ RTDRConfig: z.strictObject({ UpdateBlockedFlags: z.boolean() }) });

/** The rules about numbered settings, the partner and what DataPump posts. */
export const settingRules: readonly Rule[] = [
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
    id: 'setting-kind',
    severity: 'error',
    says: 'A setting holds the kind of value the catalogue gives it.',
    find: ({ configuration }) =>
      Object.entries(configuration.advancedSettings).flatMap(([number, value]) => {
        const row = catalogueRow(number);
        return row === undefined || kindsOf(row).includes(value.kind)
          ? []
          : [
              {
                at: at(number),
                sentence: `Setting ${settingName(row.number)} can't hold a value of kind “${value.kind}”; enter it again.`,
              },
            ];
      }),
  },
  {
    id: 'endpoint-url',
    severity: 'error',
    says: 'An address is whole, http(s), and carries no user name or password.',
    find: ({ configuration }) =>
      urls(configuration).flatMap(({ number, url }) =>
        urlFault(url) === undefined
          ? []
          : [{ at: at(number), sentence: `Setting ${settingName(number)} ${urlFault(url)}.` }],
      ),
  },
  {
    id: 'endpoint-not-encrypted',
    severity: 'warning',
    says: 'An address begins https://.',
    find: ({ configuration }) =>
      urls(configuration).flatMap(({ number, url }) =>
        url.startsWith('http:')
          ? [
              {
                at: at(number),
                sentence: `Setting ${settingName(number)} is not https: what is sent there, passwords too, can be read on the way.`,
              },
            ]
          : [],
      ),
  },
  {
    id: 'blocked-flags-read-only',
    severity: 'error',
    says: 'Where 131 lets the partner set the block flags, 32 makes them read-only for staff.',
    find: ({ configuration }) =>
      blockedFlagsFollowPartner(configuration) && !isSettingOn(configuration, 32)
        ? [
            {
              at: at(32),
              sentence: `Setting 131 lets the partner block ACH and CC, so setting ${settingName(32)} must be on; otherwise staff change what the next refresh undoes.`,
            },
          ]
        : [],
  },
  {
    id: 'json-config',
    severity: 'error',
    says: 'Setting 131 has the form {"RTDRConfig":{"UpdateBlockedFlags":true|false}}.',
    find: ({ configuration }) => {
      const setting = configuration.advancedSettings['131'];
      return setting === undefined || (setting.kind === 'json' && jsonConfigSchema.safeParse(setting.value).success)
        ? []
        : [
            {
              at: at(131),
              sentence: 'Setting 131 must be {"RTDRConfig":{"UpdateBlockedFlags":true}} or the same with false.',
            },
          ];
    },
  },
  ...environmentRules(),
  ...ssoRules(),
  {
    id: 'one-address',
    severity: 'warning',
    says: 'A partner with a private key takes balances and payments at one address, with one login (8–10 the same as 11–13).',
    find: oneAddress,
  },
  {
    id: 'unknown-setting',
    severity: 'warning',
    says: 'A setting stands in the catalogue.',
    find: ({ configuration }) =>
      Object.keys(configuration.advancedSettings)
        .filter((number) => catalogueRow(number) === undefined)
        .map((number) => ({
          at: at(number),
          sentence: `Causeway does not know setting ${number}. It is kept as text and changes nothing.`,
        })),
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

function environmentRules(): readonly Rule[] {
  return [
    {
      id: 'environments-value',
      severity: 'error',
      says: `Setting 81 is ${MULTI_ENVIRONMENT} or absent, and only for a partner that can have two environments.`,
      find: ({ configuration, partner, isMultiEnvironment: isMulti }) => {
        if (configuration.advancedSettings[String(ENVIRONMENTS_SETTING)] === undefined) return [];
        if (!isMulti)
          return [
            {
              at: at(ENVIRONMENTS_SETTING),
              sentence: `Setting 81 can only be ${MULTI_ENVIRONMENT}; remove it for one environment.`,
            },
          ];
        return partner === undefined || partner.abilities.hasEnvironments
          ? []
          : [{ at: at(ENVIRONMENTS_SETTING), sentence: `${partner.name} has one environment; remove setting 81.` }];
      },
    },
    {
      id: 'environment-pairs',
      severity: 'error',
      says: 'With 81, settings 8, 11 and 20 hold two addresses with a | between them, as far as they are set.',
      find: ({ configuration, isMultiEnvironment: isMulti }) =>
        settingsCatalogue
          .filter((row) => isMulti && row.pairs === 'needed')
          .flatMap((row) => {
            const value = configuration.advancedSettings[String(row.number)];
            const isPair = value?.kind === 'pair' && value.environment1 !== '' && value.environment2 !== '';
            return value === undefined || isPair
              ? []
              : [
                  {
                    at: at(row.number),
                    sentence: `Setting ${settingName(row.number)} needs two addresses with a | between them, since setting 81 says ${MULTI_ENVIRONMENT}.`,
                  },
                ];
          }),
    },
    {
      id: 'pair-without-environments',
      severity: 'error',
      says: 'Without 81 no setting holds a value for each of two environments.',
      find: ({ configuration }) =>
        isMultiEnvironment(configuration.advancedSettings)
          ? []
          : Object.entries(configuration.advancedSettings)
              .filter(([, value]) => value.kind === 'pair' || value.kind === 'secretPair')
              .map(([number]) => ({
                at: at(number),
                sentence: `Setting ${settingName(Number(number))} holds two values, which needs setting 81 to be ${MULTI_ENVIRONMENT}.`,
              })),
    },
    {
      id: 'environment-of-invoice-type',
      severity: 'error',
      says: 'With 81 each invoice type says which environment it belongs to.',
      find: ({ configuration, isMultiEnvironment: isMulti }) =>
        configuration.invoiceTypes
          .filter((type) => isMulti && type.environment === null)
          .map((type) => ({
            at: `invoiceTypes.${type.id}.environment`,
            sentence: `Invoice type ${type.id} (${type.name}) must name environment 1 or 2, since setting 81 says ${MULTI_ENVIRONMENT}.`,
          })),
    },
    {
      id: 'environment-unused',
      severity: 'warning',
      says: 'Without 81 an invoice type names no environment.',
      find: ({ configuration, isMultiEnvironment: isMulti }) =>
        configuration.invoiceTypes
          .filter((type) => !isMulti && type.environment === 2)
          .map((type) => ({
            at: `invoiceTypes.${type.id}.environment`,
            sentence: `Invoice type ${type.id} names environment 2, but without setting 81 there is only one.`,
          })),
    },
  ];
}

function ssoRules(): readonly Rule[] {
  const isSsoConfigured = (configuration: Configuration): boolean =>
    [3, 23, 36].some((number) => configuration.advancedSettings[String(number)] !== undefined);
  return [
    {
      id: 'sso-addresses',
      severity: 'error',
      says: 'An SSO-only biller has settings 3, 23 and 36.',
      find: ({ configuration }) =>
        [3, 23, 36]
          .filter(
            (number) => isSsoConfigured(configuration) && configuration.advancedSettings[String(number)] === undefined,
          )
          .map((number) => ({
            at: at(number),
            sentence: `Setting ${settingName(number)} is missing: payers of this biller sign on at the partner only (3, 23 and 36 go together).`,
          })),
    },
    {
      id: 'sso-auth-type',
      severity: 'error',
      says: 'An SSO-only biller’s invoice types have the Auth Type “Email Address with Password”.',
      find: ({ configuration }) =>
        configuration.invoiceTypes
          .filter((type) => isSsoConfigured(configuration) && type.authType !== 'Email Address with Password')
          .map((type) => ({
            at: `invoiceTypes.${type.id}.authType`,
            sentence: `Invoice type ${type.id} needs the Auth Type “Email Address with Password”, since payers sign on at the partner only.`,
          })),
    },
    {
      id: 'sso-registration-off',
      severity: 'error',
      says: 'An SSO-only biller has every registration option off.',
      find: ({ configuration }) =>
        configuration.invoiceTypes.flatMap((type) =>
          (['isSelfRegistrationOn', 'isPromptAfterPaymentOn', 'areEmailLinksOn'] as const)
            .filter((option) => isSsoConfigured(configuration) && type.registration[option])
            .map((option) => ({
              at: `invoiceTypes.${type.id}.registration.${option}`,
              sentence: `Invoice type ${type.id}: registration must be off, since payers sign on at the partner only.`,
            })),
        ),
    },
  ];
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

function kindsOf(row: CatalogueRow): readonly SettingValue['kind'][] {
  switch (row.kind) {
    case 'url':
    case 'text':
      return row.pairs === 'never' ? ['text'] : ['text', 'pair'];
    case 'secret':
      return ['secret', 'secretPair', 'keyAndPassword'];
    case 'onOff':
      return ['onOff'];
    case 'json':
      return ['json'];
    case 'word':
      return ['text'];
    default:
      throw new Error(`unknown kind of setting: ${row.kind satisfies never}`);
  }
}

function urls(configuration: Configuration): readonly { readonly number: number; readonly url: string }[] {
  return settingsCatalogue
    .filter((row) => row.kind === 'url')
    .flatMap((row) => {
      const value = configuration.advancedSettings[String(row.number)];
      if (value?.kind === 'text') return [{ number: row.number, url: value.value }];
      // An empty half is the rule of pairs' to tell.
      return value?.kind === 'pair'
        ? [value.environment1, value.environment2]
            .filter((url) => url !== '')
            .map((url) => ({ number: row.number, url }))
        : [];
    });
}
