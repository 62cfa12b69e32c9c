import { useQuery } from '@tanstack/react-query';
import { addresses } from './addresses.ts';
import { SECTION_NAMES, SECTION_SCREENS } from './pages/configuration/section-screens.ts';
import { sessionQuery, useMay } from './session.ts';

/** The screens as the field names them: the menu and the palette show the same list. */
export interface Screen {
  readonly name: string;
  readonly group: string;
  readonly permission?: string;
  readonly address: string;
  /** Causeway's own staff only. */
  readonly isConsole?: boolean;
}

/** The screens this person may open: the menu, the palette and a biller's home show the same. */
export function useScreens(bid: number | undefined): readonly Screen[] {
  const may = useMay();
  const { data: session } = useQuery(sessionQuery);
  return screensOf(bid).filter(
    (screen) => (!screen.permission || may(screen.permission)) && (!screen.isConsole || session?.user.bid === null),
  );
}

function screensOf(bid: number | undefined): readonly Screen[] {
  const everywhere: Screen[] = [
    { group: 'Today', name: 'Overview', address: bid ? `/?bid=${bid}` : addresses.overview() },
    { group: 'Today', name: 'Work items', address: bid ? `/work-items?bid=${bid}` : addresses.workItems() },
  ];
  return [
    ...everywhere,
    ...(bid ? [...dailyScreens(bid), ...crmScreens(bid)] : []),
    {
      group: 'Tools',
      name: 'Search/Manage FTP Credentials',
      address: addresses.ftpCredentials(),
      permission: 'configuration:read',
      isConsole: true,
    },
    { group: 'Console', name: 'Billers', address: addresses.billers(), permission: 'billers:read', isConsole: true },
    {
      group: 'Console',
      name: 'Operations',
      address: addresses.operations(),
      permission: 'operations:read',
      isConsole: true,
    },
    {
      group: 'Console',
      name: 'Audit of everything',
      address: addresses.auditAcross(),
      permission: 'audit:read',
      isConsole: true,
    },
    { group: 'Console', name: 'Users', address: addresses.users(), permission: 'users:manage' },
    { group: 'Console', name: 'Roles and rights', address: addresses.roles(), permission: 'users:manage' },
  ];
}

/** What is looked at day by day for a biller. */
function dailyScreens(bid: number): readonly Screen[] {
  return [
    { group: 'Today', name: 'Biller home', address: addresses.biller(bid), permission: 'billers:read' },
    { group: 'Search', name: 'Accounts', address: addresses.accounts(bid), permission: 'accounts:read' },
    { group: 'Search', name: 'Invoices', address: addresses.invoices(bid), permission: 'invoices:read' },
    { group: 'Search', name: 'Payments', address: addresses.payments(bid), permission: 'payments:read' },
    {
      group: 'Search',
      name: 'Files › Invoice Files',
      address: addresses.invoiceFiles(bid),
      permission: 'invoices:read',
    },
    { group: 'Search', name: 'Notices', address: addresses.notices(bid), permission: 'payments:read' },
    { group: 'DataPump', name: 'Deliveries', address: addresses.deliveries(bid), permission: 'deliveries:read' },
    { group: 'DataPump', name: 'Held payments', address: addresses.held(bid), permission: 'deliveries:read' },
    { group: 'DataPump', name: 'Lanes', address: addresses.lanes(bid), permission: 'deliveries:read' },
    {
      group: 'DataPump',
      name: 'Reconciliation',
      address: addresses.reconciliation(bid),
      permission: 'reconciliation:read',
    },
  ];
}

/** What a biller is set up by, and the record of it. */
function crmScreens(bid: number): readonly Screen[] {
  return [
    {
      group: 'CRM',
      name: 'Configuration',
      address: addresses.configuration(bid),
      permission: 'configuration:read',
    },
    ...configurationScreens(bid),
    {
      group: 'CRM',
      name: 'Configuration history',
      address: addresses.configurationHistory(bid),
      permission: 'configuration:read',
    },
    {
      group: 'CRM',
      name: 'Export and apply',
      address: addresses.exportApply(bid),
      permission: 'configuration:read',
      isConsole: true,
    },
    {
      group: 'CRM',
      name: 'API credentials',
      address: addresses.credentials(bid),
      permission: 'credentials:manage',
    },
    { group: 'CRM', name: 'Audit', address: addresses.audit(bid), permission: 'audit:read' },
    {
      group: 'Biller Portal',
      name: 'Maintenance Windows',
      address: addresses.maintenanceWindows(bid),
      permission: 'billers:read',
    },
  ];
}

/** One screen a section of the configuration, where the field places it. */
function configurationScreens(bid: number): readonly Screen[] {
  return SECTION_NAMES.map((section) => {
    const { path, title, address } = SECTION_SCREENS[section];
    const [group = 'CRM', ...above] = path;
    return { group, name: [...above, title].join(' › '), address: address(bid), permission: 'configuration:read' };
  });
}
