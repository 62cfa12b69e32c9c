import { Scroll } from '../../parts/scroll.tsx';
import type { Difference } from './configuration-data.ts';

const SCREENS: Readonly<Record<string, string>> = {
  profile: 'Profile',
  invoiceTypes: 'Invoice Types',
  products: 'Products',
  cards: 'Credit/Debit Cards',
  obd: 'OBD',
  ivr: 'Cloud IVR Connect Invoice Types',
  invoicing: 'Invoicing › Advanced Configuration',
  integration: 'Integration Summary',
  advancedSettings: 'Advanced Settings',
  ftp: 'FTP Management',
  dataPump: 'DataPump Management',
  portal: 'Portal Customization',
};

export const screenName = (section: string): string => SCREENS[section] ?? section;

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

type Setting = { kind: string } & Record<string, unknown>;
const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null;
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
              <td>
                <code>{item.path.replace(`${item.section}.`, '')}</code>
              </td>
              <td>
                <del>{valueText(item.from)}</del>
              </td>
              <td>
                <ins>{valueText(item.to)}</ins>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </Scroll>
  );
}
