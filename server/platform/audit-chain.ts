import { createHash } from 'node:crypto';

const DEPTH_MAX = 32;

/** What is told of something that was done. `detail` holds JSON values only, and never a secret. */
export interface AuditFacts {
  /** When, as an ISO instant in UTC with milliseconds. */
  at: string;
  bid: number | null;
  actorKind: string;
  actor: string;
  act: string;
  subject: string;
  reason: string | null;
  detail: JsonValue;
}

export type JsonValue =
  | string
  | number
  | boolean
  | null
  | readonly JsonValue[]
  | { readonly [name: string]: JsonValue };

export interface AuditEvent extends AuditFacts {
  /** The biller's id, or `system`. */
  chain: string;
  /** 1, 2, 3 … without a gap. */
  seq: number;
  previousHash: Buffer;
  hash: Buffer;
}

/** The end of a chain at some time, kept outside the database: what shows later that the tail was cut off. */
export interface AuditCheckpoint {
  chain: string;
  seq: number;
  /** Hex. */
  hash: string;
}

export type ChainFault = 'edited' | 'missing' | 'reordered' | 'truncated' | 'rewritten';
export type ChainVerdict =
  | { ok: true; events: number; last: AuditCheckpoint | null }
  | { ok: false; chain: string; seq: number; fault: ChainFault };

/** What the first event of a chain follows. */
export const chainStart: Buffer = Buffer.alloc(32);

/** SHA-256 over the previous hash, the place in the chain and the canonical JSON of the facts. */
export function hashOf(previousHash: Buffer, event: AuditFacts & { chain: string; seq: number }): Buffer {
  const { at, bid, actorKind, actor, act, subject, reason, detail, chain, seq } = event;
  const facts = canonicalJson({ at, bid, actorKind, actor, act, subject, reason, detail, chain, seq });
  return createHash('sha256').update('causeway-audit-v1\n').update(previousHash).update(facts, 'utf8').digest();
}

/**
 * Walks the events of one chain, first to last. With a checkpoint it also finds a tail that was cut off, and a chain
 * that was computed anew from some point before it.
 */
export function verifyChain(chain: string, events: Iterable<AuditEvent>, checkpoint?: AuditCheckpoint): ChainVerdict {
  const walk = createChainWalk(chain, checkpoint);
  for (const event of events) {
    const fault = walk.next(event);
    if (fault !== null) return fault;
  }
  return walk.end();
}

/** The same, an event at a time, for a chain too long to be held in memory. */
export function createChainWalk(
  chain: string,
  checkpoint?: AuditCheckpoint,
): { next(event: AuditEvent): Extract<ChainVerdict, { ok: false }> | null; end(): ChainVerdict } {
  let seq = 0;
  let hash = chainStart;
  const found = (fault: ChainFault, at: number) => ({ ok: false as const, chain, seq: at, fault });
  return {
    next(event) {
      if (event.chain !== chain || event.seq <= seq) return found('reordered', event.seq);
      if (event.seq !== seq + 1) return found('missing', seq + 1);
      const expected = hashOf(hash, event);
      if (!event.previousHash.equals(hash) || !event.hash.equals(expected)) return found('edited', event.seq);
      seq = event.seq;
      hash = event.hash;
      if (checkpoint?.seq === seq && checkpoint.hash !== hash.toString('hex')) return found('rewritten', seq);
      return null;
    },
    end() {
      if (checkpoint !== undefined && seq < checkpoint.seq) return found('truncated', seq + 1);
      return { ok: true, events: seq, last: seq === 0 ? null : { chain, seq, hash: hash.toString('hex') } };
    },
  };
}

/** One text for one value: names sorted by code unit, no space, numbers as JSON has them (RFC 8785 for what we store). */
export function canonicalJson(value: JsonValue, depth = 0): string {
  if (depth > DEPTH_MAX) throw new RangeError(`JSON deeper than ${DEPTH_MAX} levels`);
  if (value === null || typeof value === 'boolean' || typeof value === 'string') return JSON.stringify(value);
  if (typeof value === 'number') {
    if (!Number.isFinite(value)) throw new TypeError(`${value} is not a JSON number`);
    return JSON.stringify(value);
  }
  if (isList(value)) return `[${value.map((entry) => canonicalJson(entry, depth + 1)).join(',')}]`;
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${entries.map(([name, entry]) => `${JSON.stringify(name)}:${canonicalJson(entry, depth + 1)}`).join(',')}}`;
}

function isList(value: readonly JsonValue[] | { readonly [name: string]: JsonValue }): value is readonly JsonValue[] {
  return Array.isArray(value);
}
