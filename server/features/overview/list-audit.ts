import type { z } from 'zod';
import { type AuditFilter, type AuditPlace, readAudit, readAuditAcross } from '../../platform/audit.ts';
import type { AuditEvent } from '../../platform/audit-chain.ts';
import type { Tx } from '../../platform/database.ts';
import type { AuditEventView, auditFilterQuery, auditQuery } from './contract.ts';

/** The acts recorded of a biller, newest first, a page at a time; those that fit the question. */
export async function listAudit(
  tx: Tx,
  bid: number,
  query: z.output<typeof auditQuery>,
): Promise<{ items: AuditEventView[]; nextCursor: string | null }> {
  const { beforeSeq, limit } = query;
  const events = await readAudit(tx, {
    bid,
    filter: filterOf(query),
    limit: limit + 1,
    ...(beforeSeq !== undefined && { beforeSeq }),
  });
  const items = events.slice(0, limit).map(auditView);
  const last = items.at(-1);
  return { items, nextCursor: events.length > limit && last ? String(last.seq) : null };
}

/** The same over every chain, or of those that belong to no biller. */
export async function listAuditAcross(
  tx: Tx,
  query: z.output<typeof auditFilterQuery> & {
    chain?: 'system' | undefined;
    cursor?: AuditPlace | undefined;
    limit: number;
  },
): Promise<{ items: AuditEventView[]; nextCursor: string | null }> {
  const { limit, cursor } = query;
  const filter = filterOf(query);
  const events =
    query.chain === 'system'
      ? await readAudit(tx, { bid: null, filter, limit: limit + 1, ...(cursor && { beforeSeq: cursor.seq }) })
      : await readAuditAcross(tx, { filter, before: cursor, limit: limit + 1 });
  const items = events.slice(0, limit).map(auditView);
  const last = items.at(-1);
  return { items, nextCursor: events.length > limit && last ? `${last.at}~${last.chain}~${last.seq}` : null };
}

export function filterOf(query: z.output<typeof auditFilterQuery>): AuditFilter {
  const { subject, actor, act, q, from, to } = query;
  return { ...(subject !== undefined && { subjects: [subject].flat() }), actor, act, text: q, from, to };
}

export function auditView(event: AuditEvent): AuditEventView {
  return {
    chain: event.chain,
    seq: event.seq,
    at: event.at,
    actorKind: event.actorKind,
    actor: event.actor,
    act: event.act,
    subject: event.subject,
    reason: event.reason,
    // Frozen JSON of the chain as plain JSON of the answer.
    detail: event.detail as AuditEventView['detail'],
  };
}
