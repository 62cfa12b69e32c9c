import { z } from 'zod';
import type { Configuration, SettingValue } from '../configuration.ts';
import { blockedFlagsFollowPartner, isSettingOn } from '../fees.ts';
import { urlFault } from '../settings/setting-text.ts';
import { type CatalogueRow, catalogueRow, settingName, settingsCatalogue } from '../settings/settings-catalogue.ts';
import type { Rule } from './rule.ts';

const at = (number: number | string): string => `advancedSettings.${number}`;
const jsonConfigSchema = z.strictObject({ RTDRConfig: z.strictObject({ UpdateBlockedFlags: z.boolean() }) });

/** The rules about what numbered settings hold. */
export const settingRules: readonly Rule[] = [
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
      urls(configuration).flatMap(({ number, name, url }) =>
        urlFault(url) === undefined ? [] : [{ at: at(number), sentence: `Setting ${name} ${urlFault(url)}.` }],
      ),
  },
  {
    id: 'endpoint-not-encrypted',
    severity: 'warning',
    says: 'An address begins https://, unless it leads to this machine.',
    find: ({ configuration }) =>
      urls(configuration).flatMap(({ number, name, url }) =>
        url.startsWith('http:') && !isOnThisMachine(url)
          ? [
              {
                at: at(number),
                sentence: `Setting ${name} is not https: what is sent there, passwords too, can be read on the way.`,
              },
            ]
          : [],
      ),
  },
  {
    id: 'endpoint-on-this-machine',
    severity: 'warning',
    says: 'An address leads to the partner, not to the machine Causeway runs on (a sandbox).',
    find: ({ configuration }) => {
      const numbers = new Set(
        urls(configuration)
          .filter(({ url }) => isOnThisMachine(url))
          .map(({ number }) => number),
      );
      const [first] = numbers;
      // Told once, not once an address: a sandbox has them all here.
      return first === undefined ? [] : [{ at: at(first), sentence: onThisMachine([...numbers]) }];
    },
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

/** Whether an address never leaves the machine it is called from: loopback, by name or number. */
function isOnThisMachine(url: string): boolean {
  if (!URL.canParse(url)) return false;
  const { hostname } = new URL(url);
  return /^(.+\.)?localhost$|^127(\.\d{1,3}){3}$|^\[::1\]$/.test(hostname);
}

function onThisMachine(numbers: readonly number[]): string {
  const listed = new Intl.ListFormat('en-US').format(numbers.map(String));
  return numbers.length === 1
    ? `Setting ${listed} leads to this machine itself: right for a sandbox, never for a real partner.`
    : `Settings ${listed} lead to this machine itself: right for a sandbox, never for a real partner.`;
}

interface NamedUrl {
  readonly number: number;
  /** As settingName says it, and of which environment where there are two. */
  readonly name: string;
  readonly url: string;
}

function urls(configuration: Configuration): readonly NamedUrl[] {
  return settingsCatalogue
    .filter((row) => row.kind === 'url')
    .flatMap((row) => {
      const value = configuration.advancedSettings[String(row.number)];
      const name = settingName(row.number);
      if (value?.kind === 'text') return [{ number: row.number, name, url: value.value }];
      // An empty half is the rule of pairs' to tell.
      return value?.kind === 'pair'
        ? [value.environment1, value.environment2]
            .map((url, at) => ({ number: row.number, name: `${name} of environment ${at + 1}`, url }))
            .filter(({ url }) => url !== '')
        : [];
    });
}
