import type { z } from 'zod';
import type { Platform } from '../../../platform/platform.ts';
import { refuseIdentity } from '../problems.ts';
import { findLinkOf } from '../sign-on/sign-on-store.ts';
import { findUser } from '../staff/staff-store.ts';
import { readFactors } from './factor-store.ts';
import type { ownSecurityAnswer } from './factors-contract.ts';
import { relyingPartyOf } from './passkey-origin.ts';
import { listPasskeys } from './passkey-store.ts';
import { mustHaveFactor } from './second-factor-rule.ts';

/** How somebody signs in, for themselves: no secret, no key, no code. */
export async function readOwnSecurity(
  deps: Pick<Platform, 'database' | 'config' | 'publicUrl'>,
  userId: string,
  origin: string | undefined,
): Promise<z.infer<typeof ownSecurityAnswer>> {
  const { signOn, secondFactorFor } = deps.config;
  const read = await deps.database.withSystem(async (tx) => ({
    user: await findUser(tx, userId),
    factors: await readFactors(tx, userId),
    passkeys: await listPasskeys(tx, userId),
    link: signOn && (await findLinkOf(tx, { issuer: signOn.issuer, userId })),
  }));
  if (!read.user) throw refuseIdentity('unknown-user');
  const party = relyingPartyOf(deps.publicUrl, origin);
  return {
    hasPassword: read.user.hasPassword,
    mustHaveFactor: mustHaveFactor(secondFactorFor, read.user),
    totpSince: read.factors.totpSince?.toString() ?? null,
    passkeys: read.passkeys.map((each) => ({
      id: each.id,
      name: each.name,
      createdAt: each.createdAt.toString(),
      lastUsedAt: each.lastUsedAt?.toString() ?? null,
      isBackedUp: each.isBackedUp,
    })),
    recoveryCodesLeft: read.factors.recoveryCodesLeft,
    signOn: signOn
      ? {
          label: signOn.label,
          email: read.link?.email ?? null,
          linkedAt: read.link?.linkedAt.toString() ?? null,
        }
      : null,
    passkeysHere: { isThere: party.isThere, why: party.isThere ? '' : party.why },
  };
}
