import {
  type Configuration,
  type ConfigurationView,
  SECTION_NAMES,
  type SectionName,
  type SettingValueOf,
  type ShownSecret,
} from './configuration.ts';
import { redact } from './document-secrets.ts';
import { isMultiEnvironment, settingToText } from './settings/setting-text.ts';

/** Longest list of differences told; a document has fewer leaves than this. */
const DIFFERENCES_MAX = 20_000;

/** Lists whose entries are told apart by a name of their own, not by position. */
const namedLists: Readonly<Record<string, string>> = { invoiceTypes: 'id', 'ftp.users': 'username' };

export type JsonLeaf = string | number | boolean | null | readonly JsonLeaf[] | { readonly [name: string]: JsonLeaf };

/**
 * One value that differs: where (`advancedSettings.8`, `invoiceTypes.1.fees`), and both values as they may be shown. A
 * side that is absent was not there. Secrets are `•••• (fingerprint)`, and `isSecret` tells so.
 */
export interface Difference {
  readonly path: string;
  readonly section: SectionName;
  readonly from?: JsonLeaf;
  readonly to?: JsonLeaf;
  readonly isSecret: boolean;
}

/** What differs between two documents, in the order of the sections. Pure; never tells a secret. */
export function compareConfigurations(from: Configuration, to: Configuration): readonly Difference[] {
  return compareViews(redact(from), redact(to));
}

/** The sections in which two documents differ. Two sealings of one secret are no difference. */
export function changedSections(from: Configuration, to: Configuration): readonly SectionName[] {
  const found = new Set(compareConfigurations(from, to).map((difference) => difference.section));
  return SECTION_NAMES.filter((name) => found.has(name));
}

/** The same for documents that are redacted already, as an export is. */
export function compareViews(from: ConfigurationView, to: ConfigurationView): readonly Difference[] {
  const differences = SECTION_NAMES.flatMap((section) => {
    const before = leavesOf(section, from);
    const after = leavesOf(section, to);
    return [...new Set([...before.keys(), ...after.keys()])].flatMap((path) =>
      difference(section, path, before.get(path), after.get(path)),
    );
  });
  if (differences.length > DIFFERENCES_MAX)
    throw new Error(`${differences.length} differences between two configurations`);
  return differences;
}

interface Leaf {
  readonly shown: JsonLeaf;
  readonly isSecret: boolean;
  /** What is compared, where two values may be shown alike: a `|` means one thing with setting 81 and another without. */
  readonly exact?: string;
}

function difference(
  section: SectionName,
  path: string,
  from: Leaf | undefined,
  to: Leaf | undefined,
): readonly Difference[] {
  if (JSON.stringify(from?.shown) === JSON.stringify(to?.shown) && from?.exact === to?.exact) return [];
  return [
    {
      path,
      section,
      ...(from !== undefined && { from: from.shown }),
      ...(to !== undefined && { to: to.shown }),
      isSecret: (from?.isSecret ?? false) || (to?.isSecret ?? false),
    },
  ];
}

/** Every value of a section by its path. */
function leavesOf(section: SectionName, document: ConfigurationView): ReadonlyMap<string, Leaf> {
  const leaves = new Map<string, Leaf>();
  if (section === 'advancedSettings') {
    const isMulti = isMultiEnvironment(document.advancedSettings);
    for (const [number, value] of Object.entries(document.advancedSettings)) {
      leaves.set(`${section}.${number}`, {
        shown: settingShown(number, value, isMulti),
        isSecret: 'secret' in value || 'privateKey' in value || value.kind === 'secretPair',
        exact: JSON.stringify(Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1))),
      });
    }
    return leaves;
  }
  walk(section, document[section], leaves);
  return leaves;
}

function settingShown(number: string, value: SettingValueOf<ShownSecret>, isMultiEnvironment: boolean): string {
  return settingToText(number, value, { hasPrivateKey: false, isMultiEnvironment });
}

function walk(path: string, value: unknown, leaves: Map<string, Leaf>): void {
  if (Array.isArray(value)) {
    const key = namedLists[path];
    if (key === undefined) {
      leaves.set(path, { shown: value as JsonLeaf, isSecret: false });
      return;
    }
    const names = value.map((entry: Record<string, unknown>) => String(entry[key]));
    // The order is a fact of the document too; without this a changed order would be no difference.
    leaves.set(`${path}.order`, { shown: names, isSecret: false });
    value.forEach((entry, n) => {
      walk(`${path}.${names[n]}`, entry, leaves);
    });
    return;
  }
  if (value !== null && typeof value === 'object') {
    if ('shown' in value && 'fingerprint' in value) {
      leaves.set(path, { shown: `${String(value.shown)} (${String(value.fingerprint)})`, isSecret: true });
      return;
    }
    const entries = Object.entries(value);
    if (entries.length === 0) leaves.set(path, { shown: {}, isSecret: false });
    for (const [name, entry] of entries) walk(`${path}.${name}`, entry, leaves);
    return;
  }
  leaves.set(path, { shown: value === undefined ? null : (value as JsonLeaf), isSecret: false });
}
