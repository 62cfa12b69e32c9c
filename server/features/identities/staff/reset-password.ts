import { createHash } from 'node:crypto';
import { recordAudit } from '../../../platform/audit.ts';
import { networkOf } from '../../../platform/client-network.ts';
import type { Platform } from '../../../platform/platform.ts';
import { refuseIdentity } from '../problems.ts';
import { describeDevice } from '../sessions/describe-device.ts';
import { cleanThrottle, countFailure, pausedUntil } from '../sessions/throttle-store.ts';
import type { Passwords } from './password.ts';
import { queueStaffMail } from './send-staff-mail.ts';
import { setPasswordByLink } from './set-password-by-link.ts';
import { findUserByEmail } from './staff-store.ts';

/** How often a new password can be asked for in 15 minutes: for one email, and from one address whatever the emails. */
const ASKED_BY_EMAIL_MAX = 3;
const ASKED_BY_ADDRESS_MAX = 20;

type ResetDeps = Pick<Platform, 'database' | 'clock' | 'jobs'>;

/**
 * “I forgot my password.” The answer and the work are the same whether or not somebody has that email: the same counts, and
 * one job that sends the email, or finds that there is nobody to send it to. No token is made before the email is.
 */
export async function requestReset(
  deps: ResetDeps,
  from: { email: string; address: string; userAgent: string },
): Promise<void> {
  const email = from.email.trim().toLowerCase();
  const now = deps.clock.now();
  const keys = [
    { key: `reset-email ${createHash('sha256').update(email).digest('hex')}`, max: ASKED_BY_EMAIL_MAX + 1 },
    { key: `reset-address ${networkOf(from.address)}`, max: ASKED_BY_ADDRESS_MAX + 1 },
  ];
  const until = await deps.database.withSystem(async (tx) => {
    const paused = await pausedUntil(
      tx,
      keys.map((each) => each.key),
      now,
    );
    if (paused) return paused;
    let lockedUntil: Temporal.Instant | null = null;
    for (const key of keys) lockedUntil = (await countFailure(tx, { ...key, now })).lockedUntil ?? lockedUntil;
    await cleanThrottle(tx, now);
    if (lockedUntil) return lockedUntil;
    const user = await findUserByEmail(tx, email);
    // Whoever has no password signs in another way, or was never here: no email opens a door that was not there.
    const isSent = user !== undefined && user.disabledAt === null && user.passwordHash !== null;
    await queueStaffMail(tx, deps, {
      kind: 'reset',
      userId: isSent ? user.id : null,
      address: from.address,
      device: describeDevice(from.userAgent),
      askedAt: now.toString(),
    });
    return null;
  });
  if (!until) return;
  const seconds = Math.max(1, Math.ceil((until.epochMilliseconds - now.epochMilliseconds) / 1000));
  throw refuseIdentity('reset-paused', { minutes: Math.ceil(seconds / 60), retryAfterSeconds: seconds });
}

/** Sets the new password by the link of the email, once, within 30 minutes; ends every session of the user. */
export function resetPassword(
  deps: ResetDeps & { passwords: Passwords },
  from: { token: string; password: string; address: string },
): Promise<{ email: string }> {
  const { token, password, address } = from;
  return setPasswordByLink(deps, { of: 'reset', token, password }, async (tx, { user, sessionsEnded, at }) => {
    await queueStaffMail(tx, deps, { kind: 'password-changed', userId: user.id, address, at: at.toString() });
    await recordAudit(tx, {
      at,
      bid: null,
      actorKind: 'staff',
      actor: user.email,
      act: 'staff.password-reset',
      subject: `staff/${user.email}`,
      detail: { address, sessionsEnded },
    });
  });
}
