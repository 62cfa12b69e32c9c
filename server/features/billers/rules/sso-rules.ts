import type { Configuration } from '../configuration.ts';
import { settingName } from '../settings/settings-catalogue.ts';
import type { Rule } from './rule.ts';

const at = (number: number): string => `advancedSettings.${number}`;
const isSsoConfigured = (configuration: Configuration): boolean =>
  [3, 23, 36].some((number) => configuration.advancedSettings[String(number)] !== undefined);

/** The rules of a biller whose payers sign on at the partner only. */
export const ssoRules: readonly Rule[] = [
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
