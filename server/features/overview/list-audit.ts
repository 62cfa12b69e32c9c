import type { z } from 'zod';
import { readAudit } from '../../platform/audit.ts';
import type { Tx } from '../../platform/database.ts';
import type { AuditEventView, auditQuery } from './contract.ts';

/** The acts recorded of a biller, newest first, a page at a time; of some subjects, or of all. */
export async function listAudit(
  tx: Tx,
  bid: number,
  query: z.output<typeof auditQuery>,
): Promise<{ items: AuditEventView[]; nextCursor: string | null }> {
  const { subject, beforeSeq, limit } = query;
  const events = await readAudit(tx, {
    bid,
    limit: limit + 1,
    ...(subject !== undefined && { subject }),
    ...(beforeSeq !== undefined && { beforeSeq }),
  });
  const items = events.slice(0, limit).map((event) => ({
    seq: event.seq,
    at: event.at,
    actorKind: event.actorKind,
    actor: event.actor,
    act: event.act,
    subject: event.subject,
    reason: event.reason,
    // Frozen JSON of the chain as plain JSON of the answer.
    detail: event.detail as AuditEventView['detail'],
  }));
  const last = items.at(-1);
  return { items, nextCursor: events.length > limit && last ? String(last.seq) : null };
}
