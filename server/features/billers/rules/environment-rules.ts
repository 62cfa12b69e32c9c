import { isMultiEnvironment } from '../settings/setting-text.ts';
import {
  ENVIRONMENTS_SETTING,
  MULTI_ENVIRONMENT,
  settingName,
  settingsCatalogue,
} from '../settings/settings-catalogue.ts';
import type { Rule } from './rule.ts';

const at = (number: number | string): string => `advancedSettings.${number}`;

/** The rules of setting 81, MULTIENVIRONMENT (spec/imt.md §2). */
export const environmentRules: readonly Rule[] = [
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
