import type { NamedStatement, Tx } from '../../../platform/database.ts';

export interface CredentialRow {
  readonly id: string;
  readonly name: string;
  readonly scopes: readonly string[];
  readonly createdBy: string;
  readonly createdAt: Temporal.Instant;
  readonly lastUsedAt: Temporal.Instant | null;
  readonly revokedAt: Temporal.Instant | null;
  /** Null: until it is revoked. */
  readonly expiresAt: Temporal.Instant | null;
}

/** The one statement of every call by a partner: by name, so that it is planned once a connection. */
export const findCredentialStatement: NamedStatement = {
  name: 'find-credential',
  text: `select id, name, scopes, last_used_at as "lastUsedAt", expires_at as "expiresAt" from api_credential
    where bid = $1 and token_hash = $2 and revoked_at is null`,
};

export interface FoundCredential {
  readonly id: string;
  readonly name: string;
  readonly scopes: string[];
  readonly lastUsedAt: Temporal.Instant | null;
  readonly expiresAt: Temporal.Instant | null;
}

/** The statements on `api_credential`, in a transaction of its biller. */
export async function insertCredential(
  tx: Tx,
  bid: number,
  from: {
    id: string;
    name: string;
    tokenHash: Buffer;
    scopes: readonly string[];
    createdBy: string;
    createdAt: Temporal.Instant;
    expiresAt: Temporal.Instant | null;
  },
): Promise<void> {
  await tx
    .insertInto('api_credential')
    .values({
      bid,
      id: from.id,
      name: from.name,
      token_hash: from.tokenHash,
      scopes: [...from.scopes],
      created_by: from.createdBy,
      created_at: from.createdAt,
      expires_at: from.expiresAt,
    })
    .execute();
}

export async function listCredentials(tx: Tx, bid: number, limit: number): Promise<readonly CredentialRow[]> {
  const rows = await tx
    .selectFrom('api_credential')
    .select(['id', 'name', 'scopes', 'created_by', 'created_at', 'last_used_at', 'revoked_at', 'expires_at'])
    .where('bid', '=', bid)
    .orderBy('created_at', 'desc')
    .limit(limit)
    .execute();
  return rows.map((row) => ({
    id: row.id,
    name: row.name,
    scopes: row.scopes,
    createdBy: row.created_by,
    createdAt: row.created_at,
    lastUsedAt: row.last_used_at,
    revokedAt: row.revoked_at,
    expiresAt: row.expires_at,
  }));
}

/** Those in force now. */
export async function countCredentials(tx: Tx, bid: number, now: Temporal.Instant): Promise<number> {
  const row = await tx
    .selectFrom('api_credential')
    .select((select) => select.fn.countAll<number>().as('count'))
    .where('bid', '=', bid)
    .where('revoked_at', 'is', null)
    .where((where) => where.or([where('expires_at', 'is', null), where('expires_at', '>', now)]))
    .executeTakeFirstOrThrow();
  return row.count;
}

/** The credential's name when it was in force; undefined when there is none or it was revoked before. */
export async function revokeCredentialRow(
  tx: Tx,
  from: { bid: number; id: string; at: Temporal.Instant },
): Promise<string | undefined> {
  const row = await tx
    .updateTable('api_credential')
    .set({ revoked_at: from.at })
    .where('bid', '=', from.bid)
    .where('id', '=', from.id)
    .where('revoked_at', 'is', null)
    .returning('name')
    .executeTakeFirst();
  return row?.name;
}

export async function touchCredential(tx: Tx, from: { bid: number; id: string; at: Temporal.Instant }): Promise<void> {
  await tx
    .updateTable('api_credential')
    .set({ last_used_at: from.at })
    .where('bid', '=', from.bid)
    .where('id', '=', from.id)
    .execute();
}
