import type { SectionName } from './configuration-data.ts';
import type { FieldWords, SectionWords } from './field-words.ts';
import { advancedSettingsWords } from './fields/advanced-settings.ts';
import { cardsWords } from './fields/cards.ts';
import { dataPumpWords } from './fields/data-pump.ts';
import { ftpWords } from './fields/ftp.ts';
import { integrationWords } from './fields/integration.ts';
import { invoiceTypesWords } from './fields/invoice-types.ts';
import { invoicingWords } from './fields/invoicing.ts';
import { ivrWords } from './fields/ivr.ts';
import { obdWords } from './fields/obd.ts';
import { portalWords } from './fields/portal.ts';
import { productsWords } from './fields/products.ts';
import { profileWords } from './fields/profile.ts';

/** What every field of a configuration means, by section. */
export const SECTION_WORDS: Readonly<Record<SectionName, SectionWords>> = {
  profile: profileWords,
  invoiceTypes: invoiceTypesWords,
  products: productsWords,
  cards: cardsWords,
  obd: obdWords,
  ivr: ivrWords,
  invoicing: invoicingWords,
  integration: integrationWords,
  advancedSettings: advancedSettingsWords,
  ftp: ftpWords,
  dataPump: dataPumpWords,
  portal: portalWords,
};

interface Pattern {
  readonly section: SectionName;
  readonly pattern: RegExp;
  readonly words: FieldWords;
}

const patterns: readonly Pattern[] = Object.entries(SECTION_WORDS).flatMap(([section, { fields }]) =>
  Object.entries(fields).map(([place, words]) => ({
    section: section as SectionName,
    pattern: new RegExp(
      `^${[section, ...place.split('.').filter(Boolean)]
        .map((part) => (part === '*' ? '(.+?)' : part))
        .join('\\.')}${words.isWhole ? '(?:\\..+)?' : ''}$`,
    ),
    words,
  })),
);

/** The words of the field at a place of the server's or of a form. */
export function describeField(at: string): FieldWords | undefined {
  for (const { pattern, words } of patterns) {
    const found = pattern.exec(at);
    if (!found) continue;
    const named = (text: string) => text.replaceAll(/\{(\d)\}/g, (_all, n) => found[Number(n)] ?? '');
    return { ...words, label: named(words.label), ...(words.of && { of: named(words.of) }) };
  }
  return undefined;
}

/** What a field is called where it stands alone; the place itself where it is no field. */
export function labelOf(at: string): string {
  const words = describeField(at);
  if (!words) return at.replace(/^[^.]+\./, '');
  return words.of ? `${words.of}: ${words.label.charAt(0).toLowerCase()}${words.label.slice(1)}` : words.label;
}

/** Every field by its place with `*`, for the search of the palette and the list beside a form. */
export const everyField: readonly {
  readonly section: SectionName;
  readonly place: string;
  readonly words: FieldWords;
}[] = Object.entries(SECTION_WORDS).flatMap(([section, { fields }]) =>
  Object.entries(fields).map(([place, words]) => ({ section: section as SectionName, place, words })),
);
