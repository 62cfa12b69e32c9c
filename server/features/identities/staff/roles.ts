import { PERMISSIONS, type Permission } from '../../../platform/access.ts';

/** A role as staff and the sources name it (spec/scope.md, "Who uses it"). */
export interface Role {
  readonly name: string;
  /** `causeway`: works for every biller. `biller`: the staff of one biller, and needs its BID. */
  readonly of: 'causeway' | 'biller';
  readonly permissions: readonly Permission[];
}

const reading: readonly Permission[] = [
  'billers:read',
  'configuration:read',
  'accounts:read',
  'invoices:read',
  'payments:read',
  'deliveries:read',
  'reconciliation:read',
];
const bringingLive: readonly Permission[] = [
  ...reading,
  'billers:create',
  'configuration:write',
  'secrets:write',
  'ftp:write',
  'maintenance:write',
  'balances:refresh',
  'invoices:upload',
  'credentials:manage',
  'reconciliation:run',
  'audit:read',
];

export const roles: readonly Role[] = [
  { name: 'administrator', of: 'causeway', permissions: PERMISSIONS },
  { name: 'project manager', of: 'causeway', permissions: bringingLive },
  { name: 'implementations manager', of: 'causeway', permissions: [...bringingLive, 'deliveries:approve'] },
  {
    name: 'client services',
    of: 'causeway',
    permissions: [
      ...reading,
      'accounts:write',
      'balances:refresh',
      'invoices:upload',
      'deliveries:operate',
      'deliveries:decide',
      'maintenance:write',
      'audit:read',
    ],
  },
  {
    name: 'solution engineer',
    of: 'causeway',
    permissions: [
      ...reading,
      'configuration:write',
      'secrets:write',
      'ftp:write',
      'maintenance:write',
      'balances:refresh',
      'invoices:upload',
      'credentials:manage',
      'audit:read',
    ],
  },
  {
    name: 'integrations manager',
    of: 'causeway',
    permissions: [...reading, 'configuration:write', 'balances:refresh', 'deliveries:approve', 'audit:read'],
  },
  {
    name: 'technical consultant',
    of: 'causeway',
    permissions: [...reading, 'configuration:write', 'balances:refresh', 'invoices:upload'],
  },
  {
    name: 'delivery specialist',
    of: 'causeway',
    permissions: [
      ...reading,
      'balances:refresh',
      'deliveries:operate',
      'deliveries:decide',
      'reconciliation:run',
      'operations:read',
    ],
  },
  { name: 'solution architect', of: 'causeway', permissions: [...reading, 'audit:read'] },
  {
    name: 'operator',
    of: 'causeway',
    permissions: [
      ...reading,
      'deliveries:operate',
      'deliveries:decide',
      'deliveries:approve',
      'reconciliation:run',
      'operations:read',
      'operations:write',
      'maintenance:write',
      'audit:read',
    ],
  },
  {
    name: 'biller admin',
    of: 'biller',
    permissions: [
      'billers:read',
      'configuration:read',
      'accounts:read',
      'accounts:write',
      'balances:refresh',
      'invoices:read',
      'invoices:upload',
      'payments:read',
      'deliveries:read',
      // Every right of the biller's other roles: nobody gives a right they do not have themselves.
      'deliveries:operate',
      'deliveries:decide',
      'reconciliation:read',
      'reconciliation:run',
      'credentials:manage',
      'users:manage',
      'maintenance:write',
      'audit:read',
    ],
  },
  {
    name: 'billing manager',
    of: 'biller',
    permissions: [
      'billers:read',
      'accounts:read',
      'accounts:write',
      'balances:refresh',
      'invoices:read',
      'invoices:upload',
      'payments:read',
      'deliveries:read',
      'deliveries:operate',
      'deliveries:decide',
      'reconciliation:read',
      'reconciliation:run',
      'maintenance:write',
    ],
  },
  {
    name: 'csr',
    of: 'biller',
    permissions: [
      'billers:read',
      'accounts:read',
      'balances:refresh',
      'invoices:read',
      'payments:read',
      'deliveries:read',
    ],
  },
];

const byName: ReadonlyMap<string, Role> = new Map(roles.map((role) => [role.name, role]));

/** The role of a name; undefined for a name that is none. */
export function roleOf(name: string): Role | undefined {
  return byName.get(name);
}

/** Everything the holder of these roles may do. A role that is no longer known gives nothing. */
export function permissionsOf(names: readonly string[]): ReadonlySet<Permission> {
  return new Set(names.flatMap((name) => byName.get(name)?.permissions ?? []));
}
