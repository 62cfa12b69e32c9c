import { type RawBuilder, sql } from 'kysely';
import {
  type AuditCheckpoint,
  type AuditEvent,
  type AuditFacts,
  type ChainVerdict,
  chainStart,
  createChainWalk,
  hashOf,
  type JsonValue,
} from './audit-chain.ts';
import type { Tx } from './database.ts';

const PAGE_MAX = 500;
const VERIFY_PAGE = 1_000;
const CHAINS_MAX = 100_000;
/** The first key of our advisory locks on chains; the second is a hash of the chain's name. */
const LOCK_CLASS = 7_281_001;

export interface AuditEntry {
  at: Temporal.Instant;
  /** Null for what belongs to no biller; needs a transaction across billers. */
  bid: number | null;
  /** `staff`, `credential`, `payer`, `operator` (the command line) or `program`. */
  actorKind: string;
  actor: string;
  /** What was done, as `configuration.changed` or `delivery.confirmed-posted`. */
  act: string;
  /** What it was done to, as `payment/84123`. */
  subject: string;
  reason?: string | null;
  /** Never a secret: of those only the fingerprints. */
  detail?: JsonValue;
}

/**
 * Appends one event inside the caller's transaction, so that the act and its record are one. Chains are kept per biller
 * and locked from here to the end of the transaction: call it last, and once the other statements are through.
 */
export async function recordAudit(tx: Tx, entry: AuditEntry): Promise<{ chain: string; seq: number }> {
  const chain = chainOf(entry.bid);
  const facts = factsOf(entry);
  // A statement of its own: what follows must take its snapshot after the lock was granted.
  await sql`select pg_advisory_xact_lock(${LOCK_CLASS}, hashtext(${chain}))`.execute(tx);
  const last = await lastOf(tx, chain);
  const previousHash = last?.hash ?? chainStart;
  const seq = (last?.seq ?? 0) + 1;
  const hash = hashOf(previousHash, { ...facts, chain, seq });
  await sql`
    insert into audit_event (chain, seq, at, bid, actor_kind, actor, act, subject, reason, detail, previous_hash, hash)
    values (${chain}, ${seq}, ${facts.at}::timestamptz, ${facts.bid}, ${facts.actorKind}, ${facts.actor}, ${facts.act},
      ${facts.subject}, ${facts.reason}, ${JSON.stringify(facts.detail)}::jsonb, ${previousHash}, ${hash})`.execute(tx);
  return { chain, seq };
}

/** Which events are wanted, of those a question is about. Everything that is given must fit. */
export interface AuditFilter {
  readonly subjects?: readonly string[] | undefined;
  readonly actor?: string | undefined;
  /** An act, or the first word or words of several: `delivery` is every `delivery.…`. */
  readonly act?: string | undefined;
  /** Words that stand anywhere in the actor, act, subject, reason or details. */
  readonly text?: string | undefined;
  readonly from?: Temporal.Instant | undefined;
  /** Before this moment. */
  readonly to?: Temporal.Instant | undefined;
}

/** Events of a chain, newest first, of some subjects or of all; `beforeSeq` asks for the page after the one that ended there. */
export async function readAudit(
  tx: Tx,
  question: {
    bid: number | null;
    subject?: string | readonly string[];
    filter?: AuditFilter;
    beforeSeq?: number;
    limit?: number;
  },
): Promise<AuditEvent[]> {
  const { bid, subject, beforeSeq = null, limit = 50 } = question;
  const filter = { ...question.filter, ...(subject !== undefined && { subjects: [subject].flat() }) };
  return await eventsOf(
    tx,
    sql`where chain = ${chainOf(bid)} and ${fits(filter)}
      and (${beforeSeq}::bigint is null or seq < ${beforeSeq})
    order by seq desc limit ${pageOf(limit)}`,
  );
}

/** Where a page over all chains ended. */
export interface AuditPlace {
  readonly at: string;
  readonly chain: string;
  readonly seq: number;
}

/** Events of every chain together, newest first. Needs a transaction across billers. */
export async function readAuditAcross(
  tx: Tx,
  question: { filter?: AuditFilter; before?: AuditPlace | undefined; limit?: number },
): Promise<AuditEvent[]> {
  const { filter = {}, before, limit = 50 } = question;
  const older =
    before === undefined
      ? sql`true`
      : sql`(at, chain, seq) < (${before.at}::timestamptz, ${before.chain}::text, ${before.seq}::bigint)`;
  return await eventsOf(
    tx,
    sql`where ${fits(filter)} and ${older} order by at desc, chain desc, seq desc limit ${pageOf(limit)}`,
  );
}

/** The end of a chain as it is now, to be kept where the database's owner cannot change it; null while it is empty. */
export async function exportCheckpoint(tx: Tx, bid: number | null): Promise<AuditCheckpoint | null> {
  const chain = chainOf(bid);
  const last = await lastOf(tx, chain);
  return last === null ? null : { chain, seq: last.seq, hash: last.hash.toString('hex') };
}

/** Recomputes a whole chain; with an exported checkpoint it also finds a cut tail. */
export async function verifyAudit(tx: Tx, bid: number | null, checkpoint?: AuditCheckpoint): Promise<ChainVerdict> {
  const chain = chainOf(bid);
  const walk = createChainWalk(chain, checkpoint);
  for (let afterSeq = 0; ; ) {
    const page = await eventsOf(
      tx,
      sql`where chain = ${chain} and seq > ${afterSeq} order by seq limit ${VERIFY_PAGE}`,
    );
    for (const event of page) {
      const fault = walk.next(event);
      if (fault !== null) return fault;
    }
    const last = page.at(-1);
    if (last === undefined || page.length < VERIFY_PAGE) return walk.end();
    afterSeq = last.seq;
  }
}

/** Whose chains there are: null stands for the one that belongs to no biller. Needs a transaction across billers. */
export async function listAuditChains(tx: Tx): Promise<(number | null)[]> {
  const { rows } = await sql<{ chain: string }>`
    select distinct chain from audit_event order by chain limit ${CHAINS_MAX}`.execute(tx);
  return rows.map(({ chain }) => (chain === 'system' ? null : Number(chain)));
}

function chainOf(bid: number | null): string {
  return bid === null ? 'system' : String(bid);
}

function factsOf(entry: AuditEntry): AuditFacts {
  return {
    at: instantText(entry.at),
    bid: entry.bid,
    actorKind: storable(entry.actorKind),
    actor: storable(entry.actor),
    act: storable(entry.act),
    subject: storable(entry.subject),
    reason: entry.reason === undefined || entry.reason === null ? null : storable(entry.reason),
    detail: storableJson(entry.detail ?? {}),
  };
}

/** Milliseconds: what the column gives back must hash to the same. */
function instantText(at: Temporal.Instant): string {
  return at.toString({ fractionalSecondDigits: 3 });
}

/** PostgreSQL stores neither NUL nor half a surrogate pair; an act must not fail because somebody typed one. */
function storable(text: string): string {
  return text.toWellFormed().replaceAll('\0', '\uFFFD');
}

function storableJson(value: JsonValue): JsonValue {
  return JSON.parse(JSON.stringify(value), (_name, entry: unknown) => {
    if (typeof entry === 'string') return storable(entry);
    if (typeof entry !== 'object' || entry === null || Array.isArray(entry)) return entry;
    return Object.fromEntries(Object.entries(entry).map(([name, inner]) => [storable(name), inner]));
  }) as JsonValue;
}

function pageOf(limit: number): number {
  return Math.min(Math.max(1, limit), PAGE_MAX);
}

function fits(filter: AuditFilter): RawBuilder<unknown> {
  const { subjects, actor, act, text, from, to } = filter;
  const conditions = [
    ...(subjects === undefined ? [] : [sql`subject = any(${[...subjects]}::text[])`]),
    ...(actor === undefined ? [] : [sql`actor ilike ${`%${literal(actor)}%`}`]),
    ...(act === undefined ? [] : [sql`(act = ${act} or act like ${`${literal(act)}.%`})`]),
    ...(text === undefined
      ? []
      : [sql`concat_ws(' ', actor, act, subject, reason, detail::text) ilike ${`%${literal(text)}%`}`]),
    ...(from === undefined ? [] : [sql`at >= ${from}`]),
    ...(to === undefined ? [] : [sql`at < ${to}`]),
  ];
  return conditions.length === 0 ? sql`true` : sql.join(conditions, sql` and `);
}

/** `%` and `_` of a question are themselves. */
function literal(text: string): string {
  return text.replace(/[\\%_]/g, '\\$&');
}

async function lastOf(tx: Tx, chain: string): Promise<{ seq: number; hash: Buffer } | null> {
  const { rows } = await sql<{ seq: number; hash: Buffer }>`
    select seq, hash from audit_event where chain = ${chain} order by seq desc limit 1`.execute(tx);
  return rows[0] ?? null;
}

interface AuditRow extends Omit<AuditEvent, 'at' | 'detail'> {
  at: Temporal.Instant;
  detail: string;
}

async function eventsOf(tx: Tx, condition: RawBuilder<unknown>): Promise<AuditEvent[]> {
  const { rows } = await sql<AuditRow>`
    select chain, seq, at, bid, actor_kind as "actorKind", actor, act, subject, reason, detail::text as detail,
      previous_hash as "previousHash", hash
    from audit_event ${condition}`.execute(tx);
  return rows.map((row) => ({ ...row, at: storedInstant(row.at), detail: storedJson(row.detail) }));
}

/** What was written has whole milliseconds; what has more was changed, and must not look the same. */
function storedInstant(at: Temporal.Instant): string {
  return at.epochNanoseconds % 1_000_000n === 0n ? instantText(at) : at.toString();
}

/** The details as they were hashed. A number that says the same with other digits (1.0) was not written by the program. */
function storedJson(text: string): JsonValue {
  const parsed: unknown = JSON.parse(text, ((_name, value: unknown, context?: { source?: string }) => {
    if (typeof value !== 'number') return value;
    const written = JSON.stringify(value);
    const isAsWritten = written.includes('e') || context?.source === undefined || context.source === written;
    return isAsWritten && Number.isFinite(value) ? value : `changed: ${context?.source ?? written}`;
  }) as (name: string, value: unknown) => unknown);
  return parsed as JsonValue;
}
