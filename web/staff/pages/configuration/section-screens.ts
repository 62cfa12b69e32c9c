import { addresses } from '../../addresses.ts';
import type { SectionName } from './configuration-data.ts';

/** The screen of a section, named and placed as the field does (spec: "A biller's configuration"). */
export interface SectionScreen {
  readonly path: readonly string[];
  readonly title: string;
  readonly address: (bid: number) => string;
}

export const SECTION_SCREENS: Readonly<Record<SectionName, SectionScreen>> = {
  profile: { path: ['CRM'], title: 'Profile', address: addresses.profile },
  invoiceTypes: { path: ['CRM'], title: 'Invoice Types', address: addresses.invoiceTypes },
  products: { path: ['CRM'], title: 'Products', address: addresses.products },
  cards: { path: ['CRM'], title: 'Credit/Debit Cards', address: addresses.cards },
  obd: { path: ['CRM'], title: 'OBD', address: addresses.obd },
  ivr: { path: ['CRM'], title: 'Cloud IVR Connect Invoice Types', address: addresses.ivr },
  invoicing: { path: ['CRM', 'Invoicing'], title: 'Advanced Configuration', address: addresses.invoicing },
  integration: { path: ['CRM'], title: 'Integration Summary', address: addresses.integrationSummary },
  advancedSettings: { path: ['CRM'], title: 'Advanced Settings', address: addresses.advancedSettings },
  ftp: { path: ['CRM'], title: 'FTP Management', address: addresses.ftpManagement },
  dataPump: { path: ['CRM'], title: 'DataPump Management', address: addresses.dataPumpManagement },
  portal: {
    path: ['Biller Portal', 'Settings'],
    title: 'Portal Customization',
    address: addresses.portalCustomization,
  },
};
export const SECTION_NAMES = Object.keys(SECTION_SCREENS) as readonly SectionName[];

/** The section a place of the document belongs to: its first part. Undefined for what is no place of it. */
export function sectionOf(path: string): SectionName | undefined {
  const head = path.split('.')[0] ?? '';
  return SECTION_NAMES.find((name) => name === head);
}

/** `Credit/Debit Cards`; with what stands above it where that is not the CRM: `Invoicing › Advanced Configuration`. */
export function screenName(section: string): string {
  const name = sectionOf(section);
  if (name === undefined) return section;
  const { path, title } = SECTION_SCREENS[name];
  return [...path.filter((part) => part !== 'CRM'), title].join(' › ');
}

/** Where a field is changed: its screen, opened at the field. Undefined for what is no place of the document. */
export function fieldAddress(bid: number, path: string): string | undefined {
  const section = sectionOf(path);
  if (section === undefined) return undefined;
  const setting = /^advancedSettings\.(\d+)/.exec(path)?.[1];
  const screen = SECTION_SCREENS[section].address(bid);
  if (setting !== undefined) return `${screen}?setting=${setting}`;
  return path === section ? screen : `${screen}?field=${encodeURIComponent(path)}`;
}
