import type { Tx } from '../../platform/database.ts';
import type { DestinationView, MessageView } from './contract.ts';
import { type ListedDestination, listDestinations } from './destination-store.ts';
import { type MessageRow, readMessages, readTries } from './message-store.ts';
import { subjectOf } from './message-text.ts';

const FAILED_DAYS = 7;

/** Where alerts go, each with how its messages fare. The secret is its fingerprint. */
export async function presentDestinations(
  tx: Tx,
  from: { id?: number; now: Temporal.Instant; names: ReadonlyMap<number, string> },
): Promise<DestinationView[]> {
  const failedSince = from.now.subtract({ hours: 24 * FAILED_DAYS });
  const rows = await listDestinations(tx, { failedSince, ...(from.id !== undefined && { id: from.id }) });
  return rows.map((row) => destinationView(row, from));
}

function destinationView(
  row: ListedDestination,
  from: { now: Temporal.Instant; names: ReadonlyMap<number, string> },
): DestinationView {
  const isOldInUse = row.previous_until !== null && Temporal.Instant.compare(from.now, row.previous_until) < 0;
  return {
    id: row.id,
    kind: row.kind,
    name: row.name,
    address: row.address,
    bid: row.bid,
    billerName: row.bid === null ? null : (from.names.get(row.bid) ?? null),
    isOn: row.is_on,
    offReason: row.off_reason,
    secret:
      row.secret_fingerprint === null || row.secret_set_at === null
        ? null
        : {
            fingerprint: row.secret_fingerprint,
            setAt: row.secret_set_at.toString(),
            previousFingerprint: isOldInUse ? row.previous_fingerprint : null,
            previousUntil: isOldInUse ? (row.previous_until?.toString() ?? null) : null,
          },
    waiting: row.waiting,
    failed: row.failed,
    lastSentAt: row.last_sent_at?.toString() ?? null,
    createdAt: row.created_at.toString(),
    createdBy: row.created_by,
    version: row.version,
  };
}

/** A page of messages, newest first, with each try. */
export async function presentMessages(
  tx: Tx,
  query: { destinationId?: number | undefined; state?: string | undefined; cursor?: string | undefined; limit: number },
): Promise<{ items: MessageView[]; nextCursor: string | null }> {
  const rows = await readMessages(tx, { ...query, before: query.cursor });
  const shown = rows.slice(0, query.limit);
  const tries = Map.groupBy(
    await readTries(
      tx,
      shown.map((row) => row.id),
    ),
    (one) => one.messageId,
  );
  const items = shown.map((row) => messageView(row, tries.get(row.id) ?? []));
  return { items, nextCursor: rows.length > query.limit ? String(shown.at(-1)?.id) : null };
}

function messageView(row: MessageRow, tries: Awaited<ReturnType<typeof readTries>>): MessageView {
  return {
    id: row.id,
    messageId: row.messageId,
    kind: row.kind,
    state: row.state,
    subject: row.foldedCount === 0 ? subjectOf(row.payload) : `${subjectOf(row.payload)} and ${row.foldedCount} more`,
    destinationId: row.destinationId,
    destinationName: row.destinationName,
    destinationKind: row.destinationKind,
    alertId: row.alertId,
    attempts: row.attempts,
    nextAt: row.state === 'queued' ? row.nextAt.toString() : null,
    createdAt: row.createdAt.toString(),
    finishedAt: row.finishedAt?.toString() ?? null,
    tries: tries.map(({ n, at, tookMs, isDelivered, status, said }) => ({
      n,
      at: at.toString(),
      tookMs,
      isDelivered,
      status,
      said,
    })),
  };
}
