import type { z } from 'zod';
import type { NewSecret, SettingValueOf } from './configuration.ts';
import type { saveSettingBody } from './contract.ts';
import { refuseBiller } from './problems.ts';
import { readDocument } from './read-history.ts';
import { type BillersDeps, type Saved, type SaveRequest, saveConfiguration } from './save-configuration.ts';
import { settingContext, settingFromText } from './settings/setting-text.ts';
import { catalogueRow } from './settings/settings-catalogue.ts';

type SettingEntry = z.infer<typeof saveSettingBody>['value'];
type SettingRequest = Pick<SaveRequest, 'bid' | 'expectedVersion' | 'reason' | 'by' | 'mayWriteSecrets'> & {
  readonly number: string;
};

/** Sets one Advanced Setting from its text or its parts, as a version of its own. */
export async function saveSetting(
  deps: BillersDeps,
  request: SettingRequest & { entry: SettingEntry },
): Promise<Saved> {
  const base = await readDocument(deps, { bid: request.bid, version: request.expectedVersion });
  const value = settingFrom(
    request.number,
    request.entry,
    settingContext(base.advancedSettings, deps.partners.get(base.profile.integrationPartner)),
  );
  return saveConfiguration(deps, {
    ...request,
    sections: { advancedSettings: { ...base.advancedSettings, [request.number]: value } },
  });
}

/** Removes one Advanced Setting. */
export async function removeSetting(deps: BillersDeps, request: SettingRequest): Promise<Saved> {
  const base = await readDocument(deps, { bid: request.bid, version: request.expectedVersion });
  if (base.advancedSettings[request.number] === undefined)
    throw refuseBiller('unknown-setting', { number: request.number });
  const { [request.number]: _removed, ...advancedSettings } = base.advancedSettings;
  return saveConfiguration(deps, { ...request, sections: { advancedSettings } });
}

/** Whether an entry brings a secret, which needs the right to write secrets. */
export function isSecretSetting(number: string): boolean {
  return catalogueRow(number)?.kind === 'secret';
}

/** A setting as entered; refuses what the catalogue does not take, at the setting. */
export function settingFrom(
  number: string,
  entry: SettingEntry,
  context: Parameters<typeof settingFromText>[2],
): SettingValueOf<NewSecret> {
  if ('privateKey' in entry)
    return { kind: 'keyAndPassword', privateKey: { set: entry.privateKey }, password: { set: entry.password } };
  if ('environment1' in entry) {
    return isSecretSetting(number)
      ? { kind: 'secretPair', environment1: { set: entry.environment1 }, environment2: { set: entry.environment2 } }
      : { kind: 'pair', environment1: entry.environment1, environment2: entry.environment2 };
  }
  const reading = settingFromText(number, entry.text, context);
  if (reading.kind === 'value') return reading.value;
  const at = `advancedSettings.${number}`;
  throw refuseBiller('configuration-not-valid', {
    summary: `${at} ${reading.sentence}`,
    faults: [{ at, message: reading.sentence }],
  });
}
