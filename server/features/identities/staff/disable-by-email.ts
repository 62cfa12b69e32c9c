import type { Platform } from '../../../platform/platform.ts';
import type { Actor } from '../../billers/index.ts';
import { refuseIdentity } from '../problems.ts';
import { disableStaffUser } from './change-staff-user.ts';
import { findUserByEmail } from './staff-store.ts';

/** Disables a user from the command line: before anything is started after a restore, for one. */
export async function disableByEmail(
  deps: Pick<Platform, 'database' | 'clock'>,
  from: { email: string; by: Actor },
): Promise<void> {
  const user = await deps.database.withSystem((tx) => findUserByEmail(tx, from.email.trim().toLowerCase()));
  if (!user) throw refuseIdentity('unknown-user');
  const manager = { userId: null, bid: null, rights: 'all' } as const;
  await disableStaffUser(deps, { userId: user.id, manager, by: from.by });
}
