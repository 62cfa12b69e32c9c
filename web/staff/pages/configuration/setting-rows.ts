import type { Catalogue, CatalogueRow, ConfigurationDocument, SettingValue } from './configuration-data.ts';

type Settings = ConfigurationDocument['advancedSettings'];

/** The catalogue's settings of the draft's partner, and whatever else is set or was. */
export function rowsFor(
  catalogue: Catalogue,
  base: ConfigurationDocument,
  draft: ConfigurationDocument,
): readonly CatalogueRow[] {
  const partner = draft.profile.integrationPartner;
  const isPartnerKnown = catalogue.partners.some((each) => each.name === partner);
  const isSet = (number: number) => String(number) in base.advancedSettings || String(number) in draft.advancedSettings;
  const known = catalogue.items.filter((row) => !isPartnerKnown || row.partners.includes(partner) || isSet(row.number));
  const numbers = new Set([...Object.keys(base.advancedSettings), ...Object.keys(draft.advancedSettings)]);
  const unknown = [...numbers]
    .filter((number) => !catalogue.items.some((row) => String(row.number) === number))
    .map(
      (number): CatalogueRow => ({
        number: Number(number),
        description: 'Not in the catalogue: kept as text',
        kind: 'text',
        pairs: 'never',
        audience: 'console',
        with: [],
        partners: [],
        mayHoldPrivateKey: false,
      }),
    );
  return [...known, ...unknown].toSorted((a, b) => a.number - b.number);
}

/** Whether setting 81 says that there are two environments. */
export function isMultiEnvironment(settings: Settings): boolean {
  const value = settings['81'];
  return value?.kind === 'text' && value.value === 'MULTIENVIRONMENT';
}

/** Whether a value of setting 131 lets the partner set the block flags. */
export function turnsBlockFlagsOn(value: SettingValue | undefined): boolean {
  if (value?.kind !== 'json') return false;
  return JSON.stringify(value.value) === '{"RTDRConfig":{"UpdateBlockedFlags":true}}';
}
