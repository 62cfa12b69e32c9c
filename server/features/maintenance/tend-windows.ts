import type { Tx } from '../../platform/database.ts';
import type { Platform } from '../../platform/platform.ts';
import { openWorkItem } from '../../platform/work-items.ts';
import { sayCentral, sayLength } from './central-time.ts';
import { closeReminders, type Reminder, subjectOf } from './close-reminders.ts';
import { isInForce } from './maintenance-window.ts';
import type { MaintenanceDeps } from './ports.ts';
import { minutesOf } from './present-window.ts';
import { reminderEmail } from './reminder-email.ts';
import { keep } from './save-window.ts';
import { markReminded, TENDED_MAX, type TendedWindow, tendedWindows } from './window-store.ts';

/** In force this long, a window is asked about, however long it was planned for; and again as often. */
const LEFT_OPEN_HOURS = 24;
/** Nobody is asked about a window they changed within this time. */
const JUST_CHANGED_HOURS = 1;
/** Before its end, but no earlier than half-way through, somebody is told that pages open and DataPump goes on. */
const ENDING_MINUTES = 60;
/** A window past its end keeps its Active so long: a clock set back by an hour must find it in force again. */
const PUT_AWAY_HOURS = 2;
/** Pages of windows in one run: each biller of a large installation may have several open. */
const PAGES_MAX = 200;

export type TendDeps = MaintenanceDeps & Pick<Platform, 'log' | 'publicUrl'>;
export type Duty = 'put-away' | 'close-reminders' | Reminder;

/** What the program owes a window now. Pure, so that each edge of it can be tested. */
export function dutiesOf(window: TendedWindow, now: Temporal.Instant): readonly Duty[] {
  const isReached = (at: Temporal.Instant) => Temporal.Instant.compare(at, now) <= 0;
  const isReminded = window.remindedOpenAt !== null || window.remindedEnd !== null;
  if (!isInForce(window, now)) {
    const duties: Duty[] = isReminded ? ['close-reminders'] : [];
    if (window.isActive && isReached(window.endsAt.add({ hours: PUT_AWAY_HOURS }))) duties.push('put-away');
    return duties;
  }
  const duties: Duty[] = [];
  const isEndNear = isReached(endingFrom(window));
  if (isEndNear && !window.remindedEnd?.equals(window.endsAt)) duties.push('maintenance-ending');
  const isLeftOpen = isReached(leftOpenFrom(window));
  const isDueAgain = !window.remindedOpenAt || isReached(window.remindedOpenAt.add({ hours: LEFT_OPEN_HOURS }));
  if (!isEndNear && isLeftOpen && isDueAgain) duties.push('maintenance-left-open');
  return duties;
}

export function endingFrom(window: Pick<TendedWindow, 'startsAt' | 'endsAt'>): Temporal.Instant {
  return window.endsAt.subtract({ minutes: Math.min(ENDING_MINUTES, Math.floor(minutesOf(window) / 2)) });
}

/** Longer than planned, or longer than a day; and not within the hour in which somebody changed it. */
function leftOpenFrom(window: TendedWindow): Temporal.Instant {
  const afterDay = window.startsAt.add({ hours: LEFT_OPEN_HOURS });
  const { plannedEndsAt } = window;
  const isPlanFirst = Temporal.Instant.compare(plannedEndsAt, afterDay) < 0;
  const due = isPlanFirst ? plannedEndsAt : afterDay;
  const calm = window.changedAt.add({ hours: JUST_CHANGED_HOURS });
  return Temporal.Instant.compare(due, calm) < 0 ? calm : due;
}

/** Reminds of windows that are still open or about to end, and puts away those that ended. Safe to run at once elsewhere. */
export async function tendWindows(deps: TendDeps): Promise<void> {
  const now = deps.clock.now();
  let last: TendedWindow | undefined;
  for (let page = 0; page < PAGES_MAX; page += 1) {
    const after = last;
    const windows = await deps.database.withSystem((tx) => tendedWindows(tx, { now, after }));
    await tendEach(deps, windows, now);
    last = windows.at(-1);
    if (windows.length < TENDED_MAX) return;
  }
  deps.log.error({ pages: PAGES_MAX }, 'more maintenance windows are open than one run looks after');
}

async function tendEach(deps: TendDeps, windows: readonly TendedWindow[], now: Temporal.Instant): Promise<void> {
  for (const window of windows) {
    const { bid, id } = window;
    if (dutiesOf(window, now).length === 0) continue;
    const billerName = (await deps.billers.load(bid))?.name ?? `biller ${bid}`;
    await deps.database.withBiller(bid, async (tx) => {
      // Read again under its lock: another process, or a person, may have been here first.
      const [locked] = await tendedWindows(tx, { now, only: { bid, id } });
      if (!locked) return;
      for (const duty of dutiesOf(locked, now)) await perform(tx, deps, { window: locked, duty, now, billerName });
    });
    deps.maintenance.forget(bid);
  }
}

async function perform(
  tx: Tx,
  deps: TendDeps,
  from: { window: TendedWindow; duty: Duty; now: Temporal.Instant; billerName: string },
): Promise<void> {
  const { window, duty, now, billerName } = from;
  switch (duty) {
    case 'put-away': {
      const by = { kind: 'program', name: 'causeway' } as const;
      const reason = `it ended ${sayCentral(window.endsAt)}`;
      await keep(tx, deps, { before: window, plan: { ...window, isActive: false }, by, now, reason, act: 'over' });
      return;
    }
    case 'close-reminders':
      await closeReminders(tx, window, { by: 'program', at: now });
      return;
    case 'maintenance-left-open':
    case 'maintenance-ending':
      await remind(tx, deps, { window, kind: duty, now, billerName });
      return;
    default:
      duty satisfies never;
  }
}

async function remind(
  tx: Tx,
  deps: TendDeps,
  from: { window: TendedWindow; kind: Reminder; now: Temporal.Instant; billerName: string },
): Promise<void> {
  const { window, kind, now, billerName } = from;
  const sentence = sentenceOf(window, kind, now);
  await openWorkItem(tx, {
    bid: window.bid,
    kind,
    subject: subjectOf(window),
    sentence,
    detail: { maintenanceWindowId: window.id, endsAt: window.endsAt.toString() },
    at: now,
  });
  const email = reminderEmail({ publicUrl: deps.publicUrl, window, kind, billerName, sentence });
  for (const to of staffOf(window)) {
    await deps.maintenancePorts.queueEmail(tx, { bid: window.bid, to, ...email, at: now });
  }
  const isOpen = kind === 'maintenance-left-open';
  await markReminded(tx, {
    bid: window.bid,
    id: window.id,
    openAt: isOpen ? now : window.remindedOpenAt,
    end: isOpen ? window.remindedEnd : window.endsAt,
  });
  deps.log.info({ bid: window.bid, window: window.id, kind }, 'staff were reminded of a maintenance window');
}

/** Who made it and who changed it last, where they are people with an address: staff are known by their email. */
function staffOf(window: TendedWindow): readonly string[] {
  const people = [
    [window.createdByKind, window.createdBy],
    [window.changedByKind, window.changedBy],
  ] as const;
  return [...new Set(people.filter(([kind, name]) => kind === 'staff' && name.includes('@')).map(([, name]) => name))];
}

function sentenceOf(window: TendedWindow, kind: Reminder, now: Temporal.Instant): string {
  const end = sayCentral(window.endsAt);
  const pump = window.pausesDataPump ? ' and DataPump goes on' : '';
  if (kind === 'maintenance-ending')
    return `The maintenance window “${window.description}” ends ${end}. Then the pages open by themselves${pump}. If the work is not done, move the end before that.`;
  const minutes = Math.round((now.epochMilliseconds - window.startsAt.epochMilliseconds) / 60_000);
  const planned = Temporal.Instant.compare(window.plannedEndsAt, now) <= 0;
  const why = planned ? `, longer than planned (until ${sayCentral(window.plannedEndsAt)})` : '';
  return `The maintenance window “${window.description}” has been in force for ${sayLength(minutes)}${why}. Payers can’t pay. Uncheck Active if the work is done; else it ends ${end}.`;
}
