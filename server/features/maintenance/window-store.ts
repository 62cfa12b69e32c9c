import { type RawBuilder, sql } from 'kysely';
import type { NamedStatement, Tx } from '../../platform/database.ts';
import type { Actor } from '../billers/index.ts';
import type { MaintenancePage, MaintenanceWindow, WindowPlan } from './maintenance-window.ts';
import type { WindowAct } from './window-acts.ts';

/** Every statement on the tables `maintenance_window` and `maintenance_window_version`. */
const ACTIVE_MAX = 200;
const VERSIONS_MAX = 200;
/** Read at once of what the program looks after; the next page goes on after the last one. */
export const TENDED_MAX = 500;

const COLUMNS = `bid, id, version, description, message_en, message_es, starts_at, ends_at, planned_ends_at, is_active, ended_at,
  applies_to_all, pages, pauses_datapump, created_by_kind, created_by, created_at, changed_by_kind, changed_by, changed_at`;
const columns = sql.raw(COLUMNS);

/** All that may come into force, also those whose end has passed: the clock may be set back. */
export const ACTIVE_WINDOWS: NamedStatement = {
  name: 'maintenance-active',
  text: `select ${COLUMNS} from maintenance_window where bid = $1 and is_active order by ends_at desc limit ${ACTIVE_MAX}`,
};

export interface WindowRow {
  bid: number;
  id: number;
  version: number;
  description: string;
  message_en: string;
  message_es: string;
  starts_at: Temporal.Instant;
  ends_at: Temporal.Instant;
  planned_ends_at: Temporal.Instant;
  is_active: boolean;
  ended_at: Temporal.Instant | null;
  applies_to_all: boolean;
  pages: string[];
  pauses_datapump: boolean;
  created_by_kind: string;
  created_by: string;
  created_at: Temporal.Instant;
  changed_by_kind: string;
  changed_by: string;
  changed_at: Temporal.Instant;
}

export function windowOfRow(row: WindowRow): MaintenanceWindow {
  return {
    bid: row.bid,
    id: row.id,
    version: row.version,
    description: row.description,
    message: { en: row.message_en, es: row.message_es },
    startsAt: row.starts_at,
    endsAt: row.ends_at,
    plannedEndsAt: row.planned_ends_at,
    isActive: row.is_active,
    endedAt: row.ended_at,
    appliesToAll: row.applies_to_all,
    pages: row.pages as MaintenancePage[],
    pausesDataPump: row.pauses_datapump,
    createdBy: row.created_by,
    createdByKind: row.created_by_kind,
    createdAt: row.created_at,
    changedBy: row.changed_by,
    changedByKind: row.changed_by_kind,
    changedAt: row.changed_at,
  };
}

async function select(tx: Tx, condition: RawBuilder<unknown>): Promise<MaintenanceWindow[]> {
  const { rows } = await sql<WindowRow>`select ${columns} from maintenance_window ${condition}`.execute(tx);
  return rows.map(windowOfRow);
}

/** The windows of a biller that hold at a moment, whatever any process has cached. */
export function windowsAt(tx: Tx, bid: number, at: Temporal.Instant): Promise<MaintenanceWindow[]> {
  return select(
    tx,
    sql`where bid = ${bid} and is_active and starts_at <= ${at} and ends_at > ${at} limit ${ACTIVE_MAX}`,
  );
}

export async function findWindow(tx: Tx, bid: number, id: number): Promise<MaintenanceWindow | undefined> {
  return (await select(tx, sql`where bid = ${bid} and id = ${id}`))[0];
}

export async function lockWindow(tx: Tx, bid: number, id: number): Promise<MaintenanceWindow | undefined> {
  return (await select(tx, sql`where bid = ${bid} and id = ${id} for update`))[0];
}

/** What is in force, planned, or switched off before it began; by start. */
export function openWindows(tx: Tx, bid: number, now: Temporal.Instant): Promise<MaintenanceWindow[]> {
  return select(
    tx,
    sql`where bid = ${bid} and ends_at > ${now} and ended_at is null order by starts_at, id limit ${ACTIVE_MAX}`,
  );
}

/** What is over, newest start first; `after` is the last one of the page before. */
export function pastWindows(
  tx: Tx,
  bid: number,
  from: { now: Temporal.Instant; after: { startsAt: Temporal.Instant; id: number } | undefined; limit: number },
): Promise<MaintenanceWindow[]> {
  const startsAt = from.after?.startsAt ?? null;
  return select(
    tx,
    sql`where bid = ${bid} and (ends_at <= ${from.now} or ended_at is not null)
      and (${startsAt}::timestamptz is null or (starts_at, id) < (${startsAt}::timestamptz, ${from.after?.id ?? 0}::bigint))
      order by starts_at desc, id desc limit ${from.limit}`,
  );
}

/** Active windows that share time with a span, but for one of them. */
export function overlapping(
  tx: Tx,
  bid: number,
  of: { startsAt: Temporal.Instant; endsAt: Temporal.Instant; exceptId: number | undefined },
): Promise<MaintenanceWindow[]> {
  return select(
    tx,
    sql`where bid = ${bid} and is_active and starts_at < ${of.endsAt} and ends_at > ${of.startsAt}
      and id <> ${of.exceptId ?? 0} order by starts_at limit ${ACTIVE_MAX}`,
  );
}

export async function countOpenWindows(tx: Tx, bid: number, now: Temporal.Instant): Promise<number> {
  const { rows } = await sql<{ count: number }>`
    select count(*) as count from maintenance_window where bid = ${bid} and ends_at > ${now} and ended_at is null`.execute(
    tx,
  );
  return rows[0]?.count ?? 0;
}

export interface WindowChange {
  readonly plan: WindowPlan;
  readonly plannedEndsAt: Temporal.Instant;
  readonly endedAt: Temporal.Instant | null;
  readonly by: Actor;
  readonly at: Temporal.Instant;
}

function valuesOf({ plan, plannedEndsAt, endedAt, by, at }: WindowChange) {
  return {
    description: plan.description,
    message_en: plan.message.en,
    message_es: plan.message.es,
    starts_at: plan.startsAt,
    ends_at: plan.endsAt,
    planned_ends_at: plannedEndsAt,
    is_active: plan.isActive,
    ended_at: endedAt,
    applies_to_all: plan.appliesToAll,
    pages: [...plan.pages],
    pauses_datapump: plan.pausesDataPump,
    changed_by_kind: by.kind,
    changed_by: by.name,
    changed_at: at,
  };
}

export async function insertWindow(tx: Tx, bid: number, change: WindowChange): Promise<MaintenanceWindow> {
  const { by, at } = change;
  const { id } = await tx
    .insertInto('maintenance_window')
    .values({ bid, ...valuesOf(change), created_by_kind: by.kind, created_by: by.name, created_at: at })
    .returning('id')
    .executeTakeFirstOrThrow();
  return known(await findWindow(tx, bid, id));
}

/** The next version of a window whose row is locked. */
export async function updateWindow(
  tx: Tx,
  before: MaintenanceWindow,
  change: WindowChange,
): Promise<MaintenanceWindow> {
  await tx
    .updateTable('maintenance_window')
    .set({ ...valuesOf(change), version: before.version + 1 })
    .where('bid', '=', before.bid)
    .where('id', '=', before.id)
    .execute();
  return known(await findWindow(tx, before.bid, before.id));
}

export interface WindowVersion {
  readonly version: number;
  readonly act: WindowAct;
  readonly document: Readonly<Record<string, unknown>>;
  readonly changedBy: string;
  readonly changedAt: Temporal.Instant;
  readonly reason: string | null;
}

/** Keeps the window as it is now in its history. */
export async function insertVersion(
  tx: Tx,
  window: MaintenanceWindow,
  of: { act: WindowAct; reason: string | null; document: Readonly<Record<string, unknown>> },
): Promise<void> {
  await tx
    .insertInto('maintenance_window_version')
    .values({
      bid: window.bid,
      window_id: window.id,
      version: window.version,
      act: of.act,
      document: JSON.stringify(of.document),
      changed_by_kind: window.changedByKind,
      changed_by: window.changedBy,
      changed_at: window.changedAt,
      reason: of.reason,
    })
    .execute();
}

/** Newest first. */
export async function windowVersions(tx: Tx, bid: number, id: number): Promise<WindowVersion[]> {
  const { rows } = await sql<WindowVersion>`
    select version, act, document, changed_by as "changedBy", changed_at as "changedAt", reason
    from maintenance_window_version where bid = ${bid} and window_id = ${id}
    order by version desc limit ${VERSIONS_MAX}`.execute(tx);
  return rows;
}

/** Tells every process, when the transaction commits, that the windows of a biller changed. */
export async function notifyWindows(tx: Tx, bid: number): Promise<void> {
  await sql`select pg_notify('maintenance', ${String(bid)})`.execute(tx);
}

interface WindowKey {
  readonly bid: number;
  readonly id: number;
}

/** A window the program looks after, with what was told about it already. */
export interface TendedWindow extends MaintenanceWindow {
  readonly remindedOpenAt: Temporal.Instant | null;
  readonly remindedEnd: Temporal.Instant | null;
}

/**
 * Of all billers: what has begun and is active, and what somebody was reminded of; a page after `after`, by bid and id. Or
 * one of them, locked.
 */
export async function tendedWindows(
  tx: Tx,
  from: { now: Temporal.Instant; after?: WindowKey | undefined; only?: WindowKey },
): Promise<TendedWindow[]> {
  const { rows } = await sql<
    WindowRow & { reminded_open_at: Temporal.Instant | null; reminded_end: Temporal.Instant | null }
  >`
    select ${columns}, reminded_open_at, reminded_end from maintenance_window
    where ${from.only ? sql`bid = ${from.only.bid} and id = ${from.only.id} and` : sql``}
      ${from.after ? sql`(bid, id) > (${from.after.bid}::bigint, ${from.after.id}::bigint) and` : sql``}
      ((is_active and starts_at <= ${from.now}) or reminded_open_at is not null or reminded_end is not null)
    order by bid, id limit ${TENDED_MAX} ${from.only ? sql`for update` : sql``}`.execute(tx);
  return rows.map((row) => ({
    ...windowOfRow(row),
    remindedOpenAt: row.reminded_open_at,
    remindedEnd: row.reminded_end,
  }));
}

export async function markReminded(
  tx: Tx,
  of: { bid: number; id: number; openAt: Temporal.Instant | null; end: Temporal.Instant | null },
): Promise<void> {
  await tx
    .updateTable('maintenance_window')
    .set({ reminded_open_at: of.openAt, reminded_end: of.end })
    .where('bid', '=', of.bid)
    .where('id', '=', of.id)
    .execute();
}

function known(window: MaintenanceWindow | undefined): MaintenanceWindow {
  if (!window) throw new Error('a maintenance window that was just written is not there');
  return window;
}
