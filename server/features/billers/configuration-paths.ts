import type { ConfigurationDraft, ConfigurationView, NewSecret, SectionName, SettingValueOf } from './configuration.ts';
import { configurationDraftSchema, SECTION_NAMES } from './configuration.ts';
import { refuseBiller } from './problems.ts';
import { isSecretSetting, settingFrom } from './save-setting.ts';
import { type SettingContext, settingToText } from './settings/setting-text.ts';

const PATH_PARTS_MAX = 12;
const pathPattern = /^[A-Za-z0-9._ -]{1,200}$/;

/** Lists whose entries are named by a field of theirs, in paths as in differences. */
const namedBy: Readonly<Record<string, string>> = { invoiceTypes: 'id', 'ftp.users': 'username' };

/** Whether a path (`advancedSettings.10`, `ftp.users.pine.password`) is where a secret belongs. */
export function isSecretPath(path: string): boolean {
  const number = /^advancedSettings\.(\d+)$/.exec(path)?.[1];
  return number === undefined ? /^ftp\.users\.[^.]+\.password$/.test(path) : isSecretSetting(number);
}

/** The value at a path of a shown configuration; settings as text. Undefined when there is none. */
export function valueAt(view: ConfigurationView, path: string, context: SettingContext): unknown {
  const number = /^advancedSettings\.(\d+)$/.exec(path)?.[1];
  if (number !== undefined) {
    const value = view.advancedSettings[number];
    return value && settingToText(number, value, context);
  }
  return partsOf(path).reduce<{ at: string; value: unknown }>((found, part) => step(found, part), {
    at: '',
    value: view,
  }).value;
}

/**
 * The section that a path belongs to, with the value at the path replaced: what `config set` saves. Values are typed:
 * a number, true/false, JSON, or text. Refuses a path that leads nowhere and a section that is then not of its form.
 */
export function withValueAt(
  view: ConfigurationView,
  path: string,
  text: string,
  context: SettingContext,
): Partial<ConfigurationDraft> {
  const section = sectionOf(path);
  const number = /^advancedSettings\.(\d+)$/.exec(path)?.[1];
  if (number !== undefined) {
    const value: SettingValueOf<NewSecret> = settingFrom(number, { text }, context);
    return { advancedSettings: { ...view.advancedSettings, [number]: value } };
  }
  const changed = structuredClone(view[section]);
  const parts = partsOf(path).slice(1);
  const last = parts.pop();
  if (last === undefined) return parsedSection(section, section, jsonOf(text, path));
  const parent = parts.reduce<{ at: string; value: unknown }>((found, part) => step(found, part), {
    at: section,
    value: changed,
  }).value;
  if (parent === null || typeof parent !== 'object' || !Object.hasOwn(parent, last)) throw noSuchPath(path);
  const before: unknown = Reflect.get(parent, last);
  Reflect.set(parent, last, isSecretPath(path) ? { set: text } : typedLike(before, text, path));
  return parsedSection(section, path, changed);
}

function sectionOf(path: string): SectionName {
  const name = partsOf(path)[0];
  const section = SECTION_NAMES.find((each) => each === name);
  if (section === undefined) throw noSuchPath(path);
  return section;
}

function partsOf(path: string): string[] {
  const parts = path.split('.');
  if (!pathPattern.test(path) || parts.length > PATH_PARTS_MAX) throw noSuchPath(path);
  return parts;
}

function step(found: { at: string; value: unknown }, part: string): { at: string; value: unknown } {
  const at = found.at === '' ? part : `${found.at}.${part}`;
  const { value } = found;
  if (Array.isArray(value)) {
    const key = namedBy[found.at];
    return {
      at,
      value:
        key === undefined ? value[Number(part)] : value.find((entry: Record<string, unknown>) => entry[key] === part),
    };
  }
  return {
    at,
    value:
      value !== null && typeof value === 'object' && Object.hasOwn(value, part) ? Reflect.get(value, part) : undefined,
  };
}

/** Text stays text where text was; everything else is read as JSON. */
function typedLike(before: unknown, text: string, path: string): unknown {
  if (typeof before === 'string') return text;
  if (typeof before === 'boolean' && /^(on|off)$/i.test(text)) return text.toLowerCase() === 'on';
  return jsonOf(text, path);
}

function jsonOf(text: string, path: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw refuseBiller('configuration-not-valid', {
      summary: `${path}: “${text.slice(0, 100)}” is not a number, true, false or JSON`,
    });
  }
}

function parsedSection(section: SectionName, path: string, value: unknown): Partial<ConfigurationDraft> {
  const parsed = configurationDraftSchema.shape[section].safeParse(value);
  if (parsed.success) return { [section]: parsed.data };
  const faults = parsed.error.issues
    .slice(0, 20)
    .map((issue) => ({ at: [section, ...issue.path].join('.'), message: issue.message }));
  throw refuseBiller('configuration-not-valid', {
    summary: `${path}: ${faults[0]?.message ?? 'is not valid'}`,
    faults,
  });
}

function noSuchPath(path: string): Error {
  return refuseBiller('configuration-not-valid', {
    summary: `there is no “${path.slice(0, 100)}” in a configuration; \`causeway config get BID\` shows what there is`,
  });
}
