import { SCOPES, type Scope } from '../../../platform/access.ts';
import { recordAudit } from '../../../platform/audit.ts';
import type { Platform } from '../../../platform/platform.ts';
import type { Actor, Billers } from '../../billers/index.ts';
import { forgetCredentials } from '../authenticate.ts';
import { refuseIdentity } from '../problems.ts';
import { tokenHashOf } from '../sessions/session-limits.ts';
import { countCredentials, insertCredential, revokeCredentialRow } from './credential-store.ts';

/** Credentials in force of one biller. */
const CREDENTIALS_MAX = 50;
const NAME_LENGTH_MAX = 80;
const EXPIRY_DAYS_MAX = 3_660;

export type CredentialDeps = Pick<Platform, 'database' | 'clock' | 'random'> & {
  readonly billers: Pick<Billers, 'load'>;
};

export interface NewCredential {
  readonly id: string;
  readonly name: string;
  readonly scopes: readonly Scope[];
  /** `cw_<bid>_<43 characters>`: told once, here; only its hash is stored. */
  readonly token: string;
}

/** Makes a bearer credential of one biller with the scopes named, and the audit event with it. */
export async function createCredential(
  deps: CredentialDeps,
  from: { bid: number; name?: string; scopes: readonly string[]; expiresAt?: Temporal.Instant | null; by: Actor },
): Promise<NewCredential> {
  const scopes = validScopes(from.scopes);
  if (!(await deps.billers.load(from.bid)))
    throw refuseIdentity('credential-not-valid', { summary: `there is no biller ${from.bid}` });
  const now = deps.clock.now();
  const expiresAt = from.expiresAt ?? null;
  refuseUselessEnd(expiresAt, now);
  const id = deps.random.uuid();
  const name = from.name?.trim().slice(0, NAME_LENGTH_MAX) || `credential of ${now.toString().slice(0, 10)}`;
  const token = `cw_${from.bid}_${deps.random.token()}`;
  await deps.database.withBiller(from.bid, async (tx) => {
    if ((await countCredentials(tx, from.bid, now)) >= CREDENTIALS_MAX)
      throw refuseIdentity('too-many-credentials', { most: CREDENTIALS_MAX });
    await insertCredential(tx, from.bid, {
      id,
      name,
      tokenHash: tokenHashOf(token),
      scopes,
      createdBy: from.by.name,
      createdAt: now,
      expiresAt,
    });
    await recordAudit(tx, {
      at: now,
      bid: from.bid,
      actorKind: from.by.kind,
      actor: from.by.name,
      act: 'credential.created',
      subject: `credential/${id}`,
      detail: { name, scopes, expiresAt: expiresAt?.toString() ?? null },
    });
  });
  return { id, name, scopes, token };
}

/** Revokes a credential: refused at once in this process, within a second in every other. */
export async function revokeCredential(
  deps: CredentialDeps,
  from: { bid: number; id: string; by: Actor },
): Promise<void> {
  const now = deps.clock.now();
  await deps.database.withBiller(from.bid, async (tx) => {
    const name = await revokeCredentialRow(tx, { bid: from.bid, id: from.id, at: now });
    if (name === undefined) throw refuseIdentity('unknown-credential');
    await recordAudit(tx, {
      at: now,
      bid: from.bid,
      actorKind: from.by.kind,
      actor: from.by.name,
      act: 'credential.revoked',
      subject: `credential/${from.id}`,
      detail: { name },
    });
  });
  forgetCredentials(deps);
}

function refuseUselessEnd(expiresAt: Temporal.Instant | null, now: Temporal.Instant): void {
  if (expiresAt === null) return;
  if (Temporal.Instant.compare(expiresAt, now) <= 0)
    throw refuseIdentity('credential-not-valid', { summary: 'it would have expired already' });
  if (Temporal.Instant.compare(expiresAt, now.add({ hours: EXPIRY_DAYS_MAX * 24 })) > 0)
    throw refuseIdentity('credential-not-valid', { summary: 'it would expire in more than ten years' });
}

function validScopes(scopes: readonly string[]): readonly Scope[] {
  const known = SCOPES.filter((scope) => scopes.includes(scope));
  const unknown = scopes.filter((scope) => !(SCOPES as readonly string[]).includes(scope));
  if (unknown.length > 0 || known.length === 0) {
    const what =
      unknown.length > 0 ? `${unknown.map((scope) => `“${scope}”`).join(', ')} is no scope` : 'it needs a scope';
    throw refuseIdentity('credential-not-valid', { summary: `${what}; there are: ${SCOPES.join(', ')}` });
  }
  return known;
}
