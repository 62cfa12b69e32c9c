import { createHash } from 'node:crypto';
import type { Tx } from './database.ts';
import { refuse } from './problems.ts';

const KEY_LENGTH_MIN = 8;
const KEY_LENGTH_MAX = 200;

export type Claim =
  | { readonly kind: 'first' }
  | { readonly kind: 'repeat'; readonly status: number; readonly reply: unknown };

/**
 * Claims an idempotency key inside the transaction that does the work, so that both commit or neither does. A second
 * request with the same key waits for the first to commit, then gets its reply; with another body it is refused.
 * Keys are kept 400 days.
 */
export async function claimIdempotencyKey(
  tx: Tx,
  from: { bid: number; scope: string; key: string; request: unknown },
): Promise<Claim> {
  const requestHash = hashRequest(from.request);
  const claimed = await tx
    .insertInto('idempotency_key')
    .values({ bid: from.bid, scope: from.scope, key: from.key, request_hash: requestHash })
    .onConflict((conflict) => conflict.doNothing())
    .returning('key')
    .executeTakeFirst();
  if (claimed) return { kind: 'first' };
  const before = await tx
    .selectFrom('idempotency_key')
    .select(['request_hash', 'status', 'reply'])
    .where('bid', '=', from.bid)
    .where('scope', '=', from.scope)
    .where('key', '=', from.key)
    .executeTakeFirstOrThrow();
  if (!before.request_hash.equals(requestHash)) throw refuse('idempotency-key-reused');
  if (before.status === null) throw refuse('request-under-way');
  return { kind: 'repeat', status: before.status, reply: before.reply };
}

/** Stores the reply that every repeat of the request will get. */
export async function keepReply(
  tx: Tx,
  from: { bid: number; scope: string; key: string; status: number; reply: unknown },
): Promise<void> {
  await tx
    .updateTable('idempotency_key')
    .set({ status: from.status, reply: JSON.stringify(from.reply) })
    .where('bid', '=', from.bid)
    .where('scope', '=', from.scope)
    .where('key', '=', from.key)
    .execute();
}

/** The `Idempotency-Key` header of a money call; refuses the call without one. */
export function idempotencyKeyOf(headers: Readonly<Record<string, string | string[] | undefined>>): string {
  const key = headers['idempotency-key'];
  if (typeof key !== 'string' || key.length < KEY_LENGTH_MIN || key.length > KEY_LENGTH_MAX)
    throw refuse('missing-idempotency-key');
  return key;
}

/** The same request, whatever the order of its members, gives the same hash. */
export function hashRequest(request: unknown): Buffer {
  return createHash('sha256').update(canonical(request)).digest();
}

function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  if (value && typeof value === 'object') {
    const members = Object.entries(value)
      .filter(([, member]) => member !== undefined)
      .sort(([a], [b]) => (a < b ? -1 : 1));
    return `{${members.map(([name, member]) => `${JSON.stringify(name)}:${canonical(member)}`).join(',')}}`;
  }
  return JSON.stringify(value) ?? 'null';
}
