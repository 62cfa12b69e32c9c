import type { z } from 'zod';
import type { staffUserSchema } from '../contract.ts';
import type { ListedUser } from './staff-store.ts';

/** A user as managers see them. */
export function userView(user: ListedUser): z.infer<typeof staffUserSchema> {
  const { id, email, name, bid } = user;
  const state = user.disabledAt !== null ? 'disabled' : isActive(user) ? 'active' : 'invited';
  return {
    id,
    email,
    name,
    bid,
    roles: [...user.roles],
    state,
    createdAt: user.createdAt.toString(),
    lastSeenAt: user.lastSeenAt?.toString() ?? null,
    invitedUntil: user.invitedUntil?.toString() ?? null,
  };
}

/** Has a password, or was let in without one: through the provider, or by a passkey. */
const isActive = (user: ListedUser): boolean => user.hasPassword || user.lastSeenAt !== null;
