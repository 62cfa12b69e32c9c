import { recordAudit } from '../../platform/audit.ts';
import type { Tx } from '../../platform/database.ts';
import { refuse } from '../../platform/problems.ts';
import type { Actor } from '../billers/index.ts';
import { sayCentral, sayLength } from './central-time.ts';
import { closeReminders } from './close-reminders.ts';
import type { CheckedWindow, WindowDraft, WindowWarning } from './contract.ts';
import { isInForce, type MaintenanceWindow, stateOf, type WindowPlan } from './maintenance-window.ts';
import type { MaintenanceDeps } from './ports.ts';
import { changesBetween, documentOf, minutesOf } from './present-window.ts';
import { refuseWindow } from './problems.ts';
import { type ReadDraft, readDraft, whatOverForbids } from './read-draft.ts';
import { warningsOf } from './warn-of-window.ts';
import type { WindowAct } from './window-acts.ts';
import {
  countOpenWindows,
  findWindow,
  insertVersion,
  insertWindow,
  lockWindow,
  notifyWindows,
  updateWindow,
} from './window-store.ts';

const OPEN_WINDOWS_MAX = 100;

export interface SavedWindow {
  readonly window: MaintenanceWindow;
  /** False when everything was so already: no version was made. */
  readonly isChanged: boolean;
  readonly warnings: readonly WindowWarning[];
}

/** Plans a window, or begins one at once. Refuses times that are none, are not decided, or are past; warns of what a person should know. */
export async function createWindow(
  deps: MaintenanceDeps,
  from: { bid: number; draft: WindowDraft; reason?: string | undefined; by: Actor },
): Promise<SavedWindow> {
  const { bid, by } = from;
  const timeZone = await timeZoneOf(deps, bid);
  const saved = await deps.database.withBiller(bid, async (tx) => {
    const now = deps.clock.now();
    const plan = decided(readDraft(from.draft, { now, before: undefined }));
    const count = await countOpenWindows(tx, bid, now);
    if (count >= OPEN_WINDOWS_MAX) throw refuseWindow('too-many-maintenance-windows', { count });
    const warnings = await warningsOf(tx, deps.maintenancePorts, { bid, before: undefined, plan, now, timeZone });
    const change = { plan, plannedEndsAt: plan.endsAt, endedAt: null, by, at: now };
    const window = await insertWindow(tx, bid, change);
    await record(tx, deps, {
      before: undefined,
      window,
      act: isInForce(plan, now) ? 'begun' : 'planned',
      reason: from.reason,
    });
    return { window, isChanged: true, warnings };
  });
  deps.maintenance.forget(bid);
  return saved;
}

/** Changes a window, also while it is in force. One that somebody else changed since is a conflict, told with both values. */
export async function changeWindow(
  deps: MaintenanceDeps,
  from: {
    bid: number;
    id: number;
    expectedVersion: number;
    draft: WindowDraft;
    reason?: string | undefined;
    by: Actor;
  },
): Promise<SavedWindow> {
  const { bid, id } = from;
  const timeZone = await timeZoneOf(deps, bid);
  const saved = await deps.database.withBiller(bid, async (tx) => {
    const now = deps.clock.now();
    const before = await lockWindow(tx, bid, id);
    if (!before) throw refuseWindow('unknown-maintenance-window', { id });
    const plan = decided(readDraft(from.draft, { now, before }));
    if (before.version !== from.expectedVersion) throw conflict(before, plan, from.expectedVersion);
    const forbidden = whatOverForbids(before, plan, now);
    if (forbidden) throw refuseWindow('maintenance-window-over', { what: forbidden });
    const warnings = await warningsOf(tx, deps.maintenancePorts, { bid, before, plan, now, timeZone });
    const window = await keep(tx, deps, { before, plan, by: from.by, now, reason: from.reason });
    return { window: window ?? before, isChanged: window !== undefined, warnings };
  });
  deps.maintenance.forget(bid);
  return saved;
}

/**
 * Unchecks Active, whatever else was changed meanwhile: pages open and DataPump goes on at every node within a second.
 * Ending what is not active changes nothing. Refuses a window that is over by itself.
 */
export async function endWindow(
  deps: MaintenanceDeps,
  from: { bid: number; id: number; reason: string; by: Actor },
): Promise<SavedWindow> {
  const { bid, id } = from;
  const saved = await deps.database.withBiller(bid, async (tx) => {
    const now = deps.clock.now();
    const before = await lockWindow(tx, bid, id);
    if (!before) throw refuseWindow('unknown-maintenance-window', { id });
    if (stateOf(before, now) === 'over')
      throw refuseWindow('maintenance-window-over', {
        what: `there is nothing to end: it ended ${sayCentral(before.endsAt)}`,
      });
    const window = await keep(tx, deps, {
      before,
      plan: { ...before, isActive: false },
      by: from.by,
      now,
      reason: from.reason,
    });
    return { window: window ?? before, isChanged: window !== undefined, warnings: [] };
  });
  deps.maintenance.forget(bid);
  return saved;
}

/** What saving would do: the moments, what is to be asked, every fault and warning; nothing is stored. */
export async function checkWindow(
  deps: MaintenanceDeps,
  from: { bid: number; id?: number | undefined; draft: WindowDraft },
): Promise<CheckedWindow> {
  const { bid, id } = from;
  const timeZone = await timeZoneOf(deps, bid);
  return deps.database.withBiller(bid, async (tx) => {
    const now = deps.clock.now();
    const before = id === undefined ? undefined : await findWindow(tx, bid, id);
    if (id !== undefined && !before) throw refuseWindow('unknown-maintenance-window', { id });
    const { plan, startsAt, endsAt, faults, asks } = readDraft(from.draft, { now, before });
    const isSound = plan !== undefined && faults.length === 0;
    return {
      startsAt: startsAt?.toString() ?? null,
      startShown: startsAt ? sayCentral(startsAt) : null,
      endsAt: endsAt?.toString() ?? null,
      endShown: endsAt ? sayCentral(endsAt) : null,
      length: plan && Temporal.Instant.compare(plan.endsAt, plan.startsAt) > 0 ? sayLength(minutesOf(plan)) : null,
      timeZone,
      faults: faults.map((fault) => ({ at: fault.at, message: fault.message })),
      asks: asks.map(({ field, sentence, first, second }) => ({
        field,
        sentence,
        first: { at: first.toString(), shown: sayCentral(first) },
        second: { at: second.toString(), shown: sayCentral(second) },
      })),
      warnings: isSound ? await warningsOf(tx, deps.maintenancePorts, { bid, before, plan, now, timeZone }) : [],
    };
  });
}

/** Writes the next version with its audit event; undefined when nothing differs. */
export async function keep(
  tx: Tx,
  deps: Pick<MaintenanceDeps, 'maintenancePorts'>,
  from: {
    before: MaintenanceWindow;
    plan: WindowPlan;
    by: Actor;
    now: Temporal.Instant;
    reason: string | undefined;
    act?: WindowAct;
  },
): Promise<MaintenanceWindow | undefined> {
  const { before, plan, now } = from;
  if (changesBetween(documentOf(before), documentOf(plan)).length === 0 && sameMoments(before, plan)) return undefined;
  const change = {
    plan,
    // One that was in force and is moved to a later start comes into force anew, with the end it has then.
    plannedEndsAt: isInForce(before, now) && !isLater(plan.startsAt, now) ? before.plannedEndsAt : plan.endsAt,
    endedAt: endedAtOf(before, plan, now),
    by: from.by,
    at: now,
  };
  const window = await updateWindow(tx, before, change);
  await record(tx, deps, { before, window, act: from.act ?? actOf(before, plan, now), reason: from.reason });
  return window;
}

function sameMoments(before: WindowPlan, plan: WindowPlan): boolean {
  return before.startsAt.equals(plan.startsAt) && before.endsAt.equals(plan.endsAt);
}

function isLater(a: Temporal.Instant, b: Temporal.Instant): boolean {
  return Temporal.Instant.compare(a, b) > 0;
}

function endedAtOf(before: MaintenanceWindow, plan: WindowPlan, now: Temporal.Instant): Temporal.Instant | null {
  if (plan.isActive) return null;
  if (isInForce(before, now)) return now;
  const isPastEnd = Temporal.Instant.compare(before.endsAt, now) <= 0;
  return before.isActive && isPastEnd ? before.endsAt : before.endedAt;
}

function actOf(before: MaintenanceWindow, plan: WindowPlan, now: Temporal.Instant): WindowAct {
  if (before.isActive && !plan.isActive) return isInForce(before, now) ? 'ended-early' : 'switched-off';
  return !before.isActive && plan.isActive ? 'switched-on' : 'changed';
}

/** The history, whoever must hear of it, and last the audit, whose chain is locked to the end of the transaction. */
async function record(
  tx: Tx,
  deps: Pick<MaintenanceDeps, 'maintenancePorts'>,
  of: {
    before: MaintenanceWindow | undefined;
    window: MaintenanceWindow;
    act: WindowAct;
    reason: string | undefined;
  },
): Promise<void> {
  const { before, window, act } = of;
  const document = documentOf(window);
  const reason = of.reason ?? null;
  await insertVersion(tx, window, { act, reason, document });
  await closeReminders(tx, window, { by: window.changedBy, at: window.changedAt });
  await notifyWindows(tx, window.bid);
  if (before?.pausesDataPump) await deps.maintenancePorts.wakeLanes(tx, window.bid);
  await recordAudit(tx, {
    at: window.changedAt,
    bid: window.bid,
    actorKind: window.changedByKind,
    actor: window.changedBy,
    act: `maintenance-window.${act}`,
    subject: `maintenance-window/${window.id}`,
    reason,
    detail: {
      version: window.version,
      changes: changesBetween(before && documentOf(before), document).map((change) => ({ ...change })),
    },
  });
}

/** The plan, or the refusal that names each field; a time that comes twice is asked about once nothing else is wrong. */
function decided({ plan, faults, asks }: ReadDraft): WindowPlan {
  if (faults.length > 0) {
    throw refuseWindow('maintenance-window-not-valid', {
      summary: faults.map((fault) => fault.message).join(' '),
      faults: [...faults, ...asks.map((ask) => ({ at: ask.field, message: ask.sentence }))],
    });
  }
  if (asks.length > 0 || !plan) {
    throw refuseWindow('ambiguous-central-time', {
      summary: asks.map((ask) => ask.sentence).join(' '),
      faults: asks.map((ask) => ({ at: ask.field, message: ask.sentence })),
      asks: asks.map(({ field, first, second }) => ({
        field,
        first: { at: first.toString(), shown: sayCentral(first) },
        second: { at: second.toString(), shown: sayCentral(second) },
      })),
    });
  }
  return plan;
}

function conflict(now: MaintenanceWindow, mine: WindowPlan, expectedVersion: number) {
  return refuseWindow('maintenance-window-conflict', {
    currentVersion: now.version,
    expectedVersion,
    changedBy: now.changedBy,
    conflicts: changesBetween(documentOf(now), documentOf(mine)).map(({ field, from, to }) => ({
      field,
      theirs: from,
      yours: to,
    })),
  });
}

async function timeZoneOf(deps: MaintenanceDeps, bid: number): Promise<string> {
  const biller = await deps.billers.load(bid);
  if (!biller) throw refuse('not-found');
  return biller.configuration.profile.timeZone;
}
