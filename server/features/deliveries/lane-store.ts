import type { Clock } from '../../platform/clock.ts';
import type { CrashPoints } from '../../platform/crash-points.ts';
import type { LaneConnection } from '../../platform/lanes.ts';
import type {
  BalanceFacts,
  DeliveryKind,
  DeliveryState,
  Destination,
  HeldKind,
  OpenDelivery,
  Payload,
  Reading,
} from './delivery.ts';
import { FINISHED_STATES } from './delivery-states.ts';
import type { Intent, LaneStore, Mark, Written } from './lane-ports.ts';

/** A movement of the account is not attributed when another payment of it was sent this near. */
const OTHER_POSTING_MINUTES_MIN = 30;

/**
 * The lane's statements, on the very connection that holds the lane's advisory lock: a worker that lost its lock has
 * lost this connection with it, and can commit nothing any more. Versions and the permit constraint fence the rest.
 */
export function laneStore(from: {
  connection: LaneConnection;
  bid: number;
  laneId: string;
  settleMinutes: number;
  crash: CrashPoints;
  clock: Pick<Clock, 'now'>;
}): LaneStore {
  const { connection, bid, laneId, crash, clock } = from;
  const nearMinutes = Math.max(from.settleMinutes, OTHER_POSTING_MINUTES_MIN);
  return {
    readOpen: async (afterId, limit) => {
      const { rows } = await connection.query<OpenRow>({
        ...READ_OPEN,
        values: [bid, laneId, afterId, limit, nearMinutes],
      });
      return rows.map(asOpenDelivery);
    },
    write: async (writes) => {
      if (writes.intents.length > 0) crash.at('intent-before-commit');
      if (writes.marks.length > 0) crash.at('mark-before-commit');
      const { marks, intents } = writes;
      const values = [
        bid,
        JSON.stringify(marks.map(markRow)),
        JSON.stringify(intents.map(intentRow)),
        laneId,
        marks.map((mark) => mark.id),
        intents.map((intent) => intent.id),
        clock.now(),
      ];
      const { rows } = await connection.query<WrittenRow>({ ...WRITE, values });
      return asWritten(rows[0]);
    },
  };
}

/** When DataPump goes on, where a maintenance window of the biller pauses it now; asked of the database, never of a cache. */
export async function pausedUntil(
  connection: LaneConnection,
  from: { bid: number; now: Temporal.Instant },
): Promise<Temporal.Instant | undefined> {
  const { rows } = await connection.query<{ until: Temporal.Instant | null }>({
    ...PAUSED_UNTIL,
    values: [from.bid, from.now],
  });
  return rows[0]?.until ?? undefined;
}

const PAUSED_UNTIL = { name: 'lane-paused-until', text: 'select datapump_paused_until($1, $2) as until' };

/** Sets how the lane's connection plans: its statements touch few rows of a large table, whatever the statistics say. */
export const LANE_CONNECTION_SETTINGS =
  'set enable_bitmapscan = off; set enable_mergejoin = off; set enable_seqscan = off; set jit = off';

const READ_OPEN = {
  name: 'lane-read-open',
  text: `
select d.id, d.kind, d.state, d.version, d.account_number, d.amount_cents, d.held_kind, d.attempts, d.retries,
  d.retry_since, d.next_at, d.unknown_since, d.readings, d.permit, d.withdrawn, d.destination, d.payload,
  a.baseline, a.intent_at,
  d.kind <> 'payment' and exists (
    select from delivery n where n.bid = d.bid and n.account_number = d.account_number and n.kind = d.kind
      and n.id > d.id and n.state <> 'not_sent') as has_newer,
  a.intent_at is not null and exists (
    select from delivery o join delivery_attempt oa on oa.bid = o.bid and oa.delivery_id = o.id
      where o.bid = d.bid and o.account_number = d.account_number and o.kind = 'payment' and o.id <> d.id
        and oa.possibly_applied and oa.intent_at > a.intent_at - make_interval(mins => $5)) as has_other_posting
from delivery d
left join lateral (
  select x.baseline, x.intent_at from delivery_attempt x
    where x.bid = d.bid and x.delivery_id = d.id and x.possibly_applied order by x.n desc limit 1
) a on d.state = 'unknown' or d.withdrawn is not null
where d.bid = $1 and d.lane_id = $2 and d.id > $3 and d.state in ('queued','sending','waiting','unknown','held')
order by d.id limit $4`,
};

/**
 * The ids travel as arrays too: by them the planner finds the primary key even while the table has no statistics.
 * Marks and intents of many deliveries in one statement, so in one commit. A mark holds only for the version it was
 * decided from. An intent holds only while neither a person nor a maintenance window pauses the lane, for an unchanged
 * unsent delivery, and only if no send under its permit may have been applied (unique index delivery_attempt_permit).
 */
const WRITE = {
  name: 'lane-write',
  text: `
with m as materialized (
  select id, version, state, label, reason, held_kind, next_at, retries, retry_since, unknown_since, readings, is_final, at, n,
    class, possibly_applied, http_status, transcript, alert_kind, alert, distrusted
  from jsonb_to_recordset($2::jsonb) as m(id bigint, version int, state text, label text, reason text,
    held_kind text, next_at timestamptz, retries int, retry_since timestamptz, unknown_since timestamptz, readings jsonb,
    is_final boolean, at timestamptz, n int, class text, possibly_applied boolean, http_status int, transcript jsonb,
    alert_kind text, alert text, distrusted text)
), marked as (
  update delivery d set state = m.state, label = m.label, reason = m.reason, held_kind = m.held_kind, next_at = m.next_at,
    retries = m.retries, retry_since = m.retry_since, unknown_since = m.unknown_since, readings = m.readings,
    finished_at = case when m.is_final then m.at end, version = d.version + 1
  from m where d.bid = $1 and d.id = any($5::bigint[]) and d.id = m.id and d.version = m.version
  returning d.id
), closed as (
  update delivery_attempt a set class = m.class, possibly_applied = m.possibly_applied, http_status = m.http_status,
    finished_at = m.at, transcript = coalesce(m.transcript, a.transcript)
  from m join marked on marked.id = m.id where a.bid = $1 and a.delivery_id = any($5::bigint[]) and a.delivery_id = m.id and a.n = m.n
  returning 1
), told as (
  insert into work_item (bid, kind, subject, sentence, detail)
  select $1, m.alert_kind, 'delivery/' || m.id, m.alert, jsonb_build_object('deliveryId', m.id, 'laneId', $4::text)
  from m join marked on marked.id = m.id where m.alert is not null
  on conflict do nothing returning 1
), distrust as (
  update partner_trust t set level = 0, changed_by = 'program', changed_at = m.at, reason = m.alert, request = null
  from m join marked on marked.id = m.id where t.bid = $1 and t.partner = m.distrusted returning 1
), i as materialized (
  select id, version, n, permit, possibly_applied, payload_hash, intent_at, deadline_at, baseline
  from jsonb_to_recordset($3::jsonb) as i(id bigint, version int, n int, permit text, possibly_applied boolean,
    payload_hash text, intent_at timestamptz, deadline_at timestamptz, baseline jsonb)
), open_lane as materialized (
  select id from lane where bid = $1 and id = $4 and paused_at is null and datapump_paused_until($1, $7) is null
), locked as materialized (
  select d.id from i join delivery d on d.bid = $1 and d.id = any($6::bigint[]) and d.id = i.id and d.version = i.version
  where d.state in ('queued','waiting') and d.withdrawn is null and exists (select from open_lane) for update of d
), intended as (
  insert into delivery_attempt (bid, delivery_id, n, intent_at, deadline_at, payload_hash, baseline, permit, possibly_applied)
  select $1, i.id, i.n, i.intent_at, i.deadline_at, decode(i.payload_hash, 'hex'), i.baseline, i.permit, i.possibly_applied
  from i join locked on locked.id = i.id
  on conflict do nothing returning delivery_id
), sent as (
  update delivery d set state = 'sending', attempts = i.n, next_at = null, reason = null,
    first_sent_at = coalesce(d.first_sent_at, i.intent_at), version = d.version + 1
  from i join intended on intended.delivery_id = i.id where d.bid = $1 and d.id = any($6::bigint[]) and d.id = i.id
  returning d.id
)
select array(select id from marked) as marked, array(select id from sent) as sent,
  array(select id from locked except select delivery_id from intended) as spent,
  not exists (select from open_lane) as is_paused`,
};

interface OpenRow {
  id: number;
  kind: DeliveryKind;
  state: DeliveryState;
  version: number;
  account_number: string;
  amount_cents: number | null;
  held_kind: HeldKind | null;
  attempts: number;
  retries: number;
  retry_since: Temporal.Instant | null;
  next_at: Temporal.Instant | null;
  unknown_since: Temporal.Instant | null;
  readings: Reading[];
  permit: string;
  withdrawn: string | null;
  destination: Destination;
  payload: Payload;
  baseline: BalanceFacts | null;
  intent_at: Temporal.Instant | null;
  has_newer: boolean;
  has_other_posting: boolean;
}

interface WrittenRow {
  marked: (number | string)[];
  sent: (number | string)[];
  spent: (number | string)[];
  is_paused: boolean;
}

function asOpenDelivery(row: OpenRow): OpenDelivery {
  return {
    id: row.id,
    kind: row.kind,
    state: row.state,
    version: row.version,
    accountNumber: row.account_number,
    amountCents: row.amount_cents ?? 0,
    heldKind: row.held_kind,
    attempts: row.attempts,
    retries: row.retries,
    retrySinceMs: msOf(row.retry_since),
    nextAtMs: msOf(row.next_at),
    unknownSinceMs: msOf(row.unknown_since),
    readings: row.readings,
    permit: row.permit,
    withdrawn: row.withdrawn,
    destination: row.destination,
    payload: row.payload,
    hasNewer: row.has_newer,
    baseline: row.baseline,
    sentAtMs: msOf(row.intent_at),
    hasOtherPosting: row.has_other_posting,
  };
}

function markRow(mark: Mark): Record<string, unknown> {
  const { decision } = mark;
  const { attempt } = decision;
  return {
    id: mark.id,
    version: mark.version,
    state: decision.state,
    label: decision.label,
    reason: decision.reason,
    held_kind: decision.heldKind,
    next_at: isoOf(decision.nextAtMs),
    retries: decision.retries,
    retry_since: isoOf(decision.retrySinceMs),
    unknown_since: isoOf(decision.unknownSinceMs),
    readings: decision.readings,
    is_final: FINISHED_STATES.includes(decision.state),
    at: isoOf(mark.atMs),
    n: attempt && mark.attempt ? mark.attempt.n : null,
    class: attempt?.class ?? null,
    possibly_applied: attempt?.possiblyApplied ?? null,
    http_status: mark.attempt?.httpStatus ?? null,
    transcript: mark.attempt?.transcript ?? null,
    alert_kind: decision.alert?.kind ?? null,
    alert: decision.alert?.sentence ?? null,
    distrusted: decision.dropsTrust ? mark.partner : null,
  };
}

function intentRow(intent: Intent): Record<string, unknown> {
  return {
    id: intent.id,
    version: intent.version,
    n: intent.n,
    permit: intent.permit,
    possibly_applied: intent.possiblyApplied,
    payload_hash: intent.payloadHash,
    intent_at: isoOf(intent.intentAtMs),
    deadline_at: isoOf(intent.deadlineAtMs),
    baseline: intent.baseline,
  };
}

function asWritten(row: WrittenRow | undefined): Written {
  if (!row) throw new Error('the lane’s write gave no answer');
  // Arrays of bigint arrive as text: the parser of int8 is not applied inside them.
  const ids = (list: readonly (number | string)[]) => new Set(list.map(Number));
  return { marked: ids(row.marked), intended: ids(row.sent), spent: ids(row.spent), isPaused: row.is_paused };
}

const msOf = (at: Temporal.Instant | null): number | null => at?.epochMilliseconds ?? null;
const isoOf = (ms: number | null): string | null => (ms === null ? null : new Date(ms).toISOString());
