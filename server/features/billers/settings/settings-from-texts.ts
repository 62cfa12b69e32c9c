import type { NewSecret, SettingValueOf } from '../configuration.ts';
import { refuseBiller } from '../problems.ts';
import { type SettingContext, settingFromText } from './setting-text.ts';
import { ENVIRONMENTS_SETTING, MULTI_ENVIRONMENT } from './settings-catalogue.ts';

/**
 * Advanced Settings from the texts a person types (`{ 8: 'https://…', 10: '…' }`), as imports, conversions and the demo
 * have them. Whether `|` means two environments is told by 81 in the same texts. Refuses with every fault at its number.
 */
export function settingsFromTexts(
  texts: Readonly<Record<string | number, string>>,
  partner: Pick<SettingContext, 'hasPrivateKey'> = { hasPrivateKey: false },
): Record<string, SettingValueOf<NewSecret>> {
  const context = { ...partner, isMultiEnvironment: texts[ENVIRONMENTS_SETTING] === MULTI_ENVIRONMENT };
  const readings = Object.entries(texts).map(([number, text]) => ({
    number,
    reading: settingFromText(number, text, context),
  }));
  const faults = readings.flatMap(({ number, reading }) =>
    reading.kind === 'fault' ? [{ at: `advancedSettings.${number}`, message: reading.sentence }] : [],
  );
  if (faults.length > 0) {
    throw refuseBiller('configuration-not-valid', {
      summary: faults.map((fault) => `${fault.at} ${fault.message}`).join('; '),
      faults,
    });
  }
  return Object.fromEntries(
    readings.flatMap(({ number, reading }) => (reading.kind === 'value' ? [[number, reading.value]] : [])),
  );
}
