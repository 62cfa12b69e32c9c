import type { DataKey } from '../../platform/secrets.ts';
import type { Biller } from './biller-store.ts';
import type { SettingValue } from './configuration.ts';
import { invoiceTypeOf } from './fees.ts';
import type { Partner, PartnerConnection, PartnerCredentials, PartnerOperation } from './partner.ts';
import { openFor } from './sealed-keys.ts';
import { isMultiEnvironment } from './settings/setting-text.ts';
import { endpointSettings, MULTI_ENVIRONMENT, SIGN_IN_SETTING, settingName } from './settings/settings-catalogue.ts';

/** What chooses the environment under MULTIENVIRONMENT: the invoice's type, or one that is known already. */
export type ConnectionFrom = { readonly invoiceTypeId: string } | { readonly environment: number };

/**
 * Makes a partner connection from the numbered settings (spec/imt.md §1 and §2). Answers the sentence naming what is
 * missing when it can't. Secrets are opened only inside `credentials`, at the moment they are used.
 */
export function connectionFor(from: {
  biller: Biller;
  partner: Partner | undefined;
  dataKey: DataKey;
  operation: PartnerOperation;
  from: ConnectionFrom;
}): PartnerConnection | { readonly missing: string } {
  const { biller, partner, operation } = from;
  const settings = biller.configuration.advancedSettings;
  if (partner === undefined) {
    return {
      missing: `The Integration Partner ID of the profile, “${biller.configuration.profile.integrationPartner}”, is not a partner of this installation.`,
    };
  }
  if (!partner.abilities.operations.includes(operation))
    return { missing: `${partner.name} has no endpoint for this (${operation}).` };
  const environment = environmentOf(biller, from.from);
  if (typeof environment === 'string') return { missing: environment };

  const numbers = endpointSettings[operation];
  const url = plainOf(settings[String(numbers.url)], environment);
  if (!url) return { missing: missingSetting(numbers.url, environment) };
  const authUrl = partner.abilities.hasSeparateSignIn
    ? plainOf(settings[String(SIGN_IN_SETTING)], environment)
    : undefined;
  if (partner.abilities.hasSeparateSignIn && !authUrl) return { missing: missingSetting(SIGN_IN_SETTING, environment) };
  const username = plainOf(settings[String(numbers.username)], environment);
  if (!username) return { missing: missingSetting(numbers.username, environment) };
  const credentials = credentialsOf({ biller, dataKey: from.dataKey, number: numbers.password, environment });
  if (!credentials) return { missing: missingSetting(numbers.password, environment) };
  if (partner.abilities.hasPrivateKey && settings[String(numbers.password)]?.kind !== 'keyAndPassword')
    return { missing: `Setting ${settingName(numbers.password)} must be [PrivateKey]|[Password] for ${partner.name}.` };
  return {
    bid: biller.bid,
    partner: partner.name,
    operation,
    environment,
    url,
    authUrl,
    username,
    credentials,
    maxConcurrent: biller.configuration.dataPump.maxConcurrentRequests,
  };
}

/** The environment an operation belongs to: 1 without setting 81, else the invoice type's; or why there is none. */
function environmentOf(biller: Biller, from: ConnectionFrom): number | string {
  if (!isMultiEnvironment(biller.configuration.advancedSettings)) return 1;
  if ('environment' in from) return from.environment;
  const type = invoiceTypeOf(biller.configuration, from.invoiceTypeId);
  if (!type) return `The biller has no invoice type ${from.invoiceTypeId}, so its environment is not known.`;
  return (
    type.environment ?? `Invoice type ${type.id} names no environment, which setting 81 (${MULTI_ENVIRONMENT}) needs.`
  );
}

/** One value serves both environments. */
function plainOf(value: SettingValue | undefined, environment: number): string | undefined {
  if (value?.kind === 'text') return value.value;
  if (value?.kind === 'pair') return environment === 2 ? value.environment2 : value.environment1;
  return undefined;
}

function credentialsOf(from: {
  biller: Biller;
  dataKey: DataKey;
  number: number;
  environment: number;
}): PartnerCredentials | undefined {
  const { biller, dataKey, number, environment } = from;
  const value = biller.configuration.advancedSettings[String(number)];
  const place = `advancedSettings.${number}`;
  const none = (): undefined => undefined;
  switch (value?.kind) {
    case 'secret':
      return { password: () => openFor(dataKey, biller.bid, place, value.secret).reveal(), privateKey: none };
    case 'secretPair': {
      const half = environment === 2 ? 'environment2' : 'environment1';
      return {
        password: () => openFor(dataKey, biller.bid, `${place}.${half}`, value[half]).reveal(),
        privateKey: none,
      };
    }
    case 'keyAndPassword':
      return {
        password: () => openFor(dataKey, biller.bid, `${place}.password`, value.password).reveal(),
        privateKey: () => openFor(dataKey, biller.bid, `${place}.privateKey`, value.privateKey).reveal(),
      };
    default:
      return undefined;
  }
}

function missingSetting(number: number, environment: number): string {
  return `Setting ${settingName(number)} is not set${environment === 2 ? ' for environment 2' : ''}.`;
}
