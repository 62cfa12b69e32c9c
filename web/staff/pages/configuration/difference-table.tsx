import { Scroll } from '../../parts/scroll.tsx';
import { counted, money } from '../../say.ts';
import type { Difference } from './configuration-data.ts';
import { describeField, labelOf } from './describe-field.ts';
import { percentOf } from './read-money.ts';
import { screenName } from './section-screens.ts';

/** Longer texts are cut in a table; the field itself holds them whole. */
const SHOWN_CHARS_MAX = 300;

/** A value of a difference, on one line; secrets come as marks with their fingerprint. */
export function valueText(value: unknown): string {
  if (value === undefined) return 'not there';
  if (value === null) return 'none';
  if (typeof value === 'boolean') return value ? 'on' : 'off';
  if (typeof value === 'string') return value === '' ? 'empty' : value;
  if (isShownSecret(value)) return `•••• (${value.fingerprint})`;
  if (isSetSecret(value)) return '•••• (new)';
  if (isSetting(value)) return settingText(value);
  return JSON.stringify(value);
}

/** A value as the screen of its field shows it: money in dollars, shares in percent. */
export function shownValue(path: string, value: unknown): string {
  if (typeof value === 'number') {
    switch (describeField(path)?.shownAs) {
      case 'money':
        return money(value);
      case 'percent':
        return `${percentOf(value)} %`;
      case 'secondsLong':
        return counted(value, 'second');
      case 'minutesLong':
        return counted(value, 'minute');
      case undefined:
        break;
    }
  }
  if (typeof value === 'string' && value.startsWith('data:image/'))
    return `an image of ${counted(value.length, 'character')}`;
  const text = Array.isArray(value) ? listText(value) : valueText(value);
  return text.length > SHOWN_CHARS_MAX ? `${text.slice(0, SHOWN_CHARS_MAX)} …` : text;
}

/** A list of words, or of entries whose every field is a text (contacts), as a person reads it. */
function listText(list: readonly unknown[]): string {
  if (list.every((each) => typeof each === 'string')) return list.join(', ') || 'none';
  if (list.every(isTexts)) return list.map((each) => Object.values(each).filter(Boolean).join(' · ')).join('; ');
  return valueText(list);
}

type Setting = { kind: string } & Record<string, unknown>;
const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null;
const isTexts = (value: unknown): value is Record<string, string> =>
  isRecord(value) && Object.values(value).every((each) => typeof each === 'string');
const isShownSecret = (value: unknown): value is { fingerprint: string } => isRecord(value) && 'shown' in value;
const isSetSecret = (value: unknown): boolean => isRecord(value) && Object.keys(value).join() === 'set';
const isSetting = (value: unknown): value is Setting => isRecord(value) && typeof value.kind === 'string';

/** A setting as a person reads it: `one | two` where there are two environments, or a key and a password. */
export function settingText(value: Setting): string {
  switch (value.kind) {
    case 'text':
    case 'onOff':
      return valueText(value.value);
    case 'json':
      return JSON.stringify(value.value);
    case 'secret':
      return valueText(value.secret);
    case 'pair':
    case 'secretPair':
      return `${valueText(value.environment1)} | ${valueText(value.environment2)}`;
    case 'keyAndPassword':
      return `key ${valueText(value.privateKey)} | password ${valueText(value.password)}`;
    default:
      return JSON.stringify(value);
  }
}

/** What differs, by screen: from, to. */
export function DifferenceTable({ items, label }: { items: readonly Difference[]; label: string }) {
  return (
    <Scroll label={label}>
      <table className="rows from-to">
        <thead>
          <tr>
            <th scope="col">Screen</th>
            <th scope="col">Field</th>
            <th scope="col">From</th>
            <th scope="col">To</th>
          </tr>
        </thead>
        <tbody>
          {items.map((item) => (
            <tr key={item.path}>
              <td>{screenName(item.section)}</td>
              <td>{labelOf(item.path)}</td>
              <td>
                <del>{shownValue(item.path, item.from)}</del>
              </td>
              <td>
                <ins>{shownValue(item.path, item.to)}</ins>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </Scroll>
  );
}
