import type { Item } from '../../api.ts';
import { words } from '../../say.ts';

export type Role = Item<'/api/v1/roles'>;
export type Right = Role['permissions'][number];

/** What each right lets a person do, in words for whoever gives it. A right without words does not compile. */
export const RIGHT_WORDS: Readonly<Record<Right, string>> = {
  'billers:read': 'See billers',
  'billers:create': 'Create billers',
  'configuration:read': 'See the configuration',
  'configuration:write': 'Change the configuration',
  'secrets:write': 'Set the passwords and keys of endpoints',
  'ftp:write': 'Create FTP users and settings',
  'maintenance:write': 'Open and close maintenance windows',
  'accounts:read': 'See accounts and balances',
  'accounts:write': 'Block and allow methods of payment for an account',
  'balances:refresh': 'Ask the partner for a balance (Data Refresh)',
  'invoices:read': 'See invoices and invoice files',
  'invoices:upload': 'Upload invoice files',
  'payments:read': 'See payments and notices',
  'deliveries:read': 'See deliveries, held payments and lanes',
  'deliveries:operate': 'Pause lanes, send again what was proven not applied, close work items',
  'deliveries:decide': 'Decide about held payments; cancel and refund payments',
  'deliveries:approve': 'Agree as the second person; change the trust in a partner',
  'reconciliation:read': 'See the reconciliation',
  'reconciliation:run': 'Reconcile a day now',
  'credentials:manage': 'Create and revoke API credentials',
  'users:manage': 'Invite, change and disable users',
  'audit:read': 'Read the audit',
  'operations:read': 'See Operations: health, jobs, alerts',
  'operations:write': 'Act in Operations: retry jobs, set alerts',
};

/** In the order of the day's work. */
export const RIGHT_GROUPS: readonly (readonly [title: string, rights: readonly Right[]])[] = [
  ['Customers and bills', ['accounts:read', 'accounts:write', 'balances:refresh', 'invoices:read', 'invoices:upload']],
  [
    'Money',
    [
      'payments:read',
      'deliveries:read',
      'deliveries:operate',
      'deliveries:decide',
      'deliveries:approve',
      'reconciliation:read',
      'reconciliation:run',
    ],
  ],
  [
    'Billers and their configuration',
    [
      'billers:read',
      'billers:create',
      'configuration:read',
      'configuration:write',
      'secrets:write',
      'ftp:write',
      'maintenance:write',
    ],
  ],
  ['People and keys', ['users:manage', 'credentials:manage', 'audit:read']],
  ['The installation', ['operations:read', 'operations:write']],
];

export const roleWord = (role: string): string => (role === 'csr' ? 'CSR' : words(role));

/** Everything the holder of some roles may do. */
export function rightsOf(roles: readonly Role[], names: readonly string[]): ReadonlySet<Right> {
  return new Set(roles.filter((role) => names.includes(role.name)).flatMap((role) => role.permissions));
}
