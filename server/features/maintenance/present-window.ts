import { sayCentral, sayLength, toCentral } from './central-time.ts';
import type { WindowHistory, WindowView } from './contract.ts';
import { type MaintenanceWindow, stateOf, type WindowPlan } from './maintenance-window.ts';
import type { WindowVersion } from './window-store.ts';

export function minutesOf(plan: Pick<WindowPlan, 'startsAt' | 'endsAt'>): number {
  return Math.round((plan.endsAt.epochMilliseconds - plan.startsAt.epochMilliseconds) / 60_000);
}

export function windowView(window: MaintenanceWindow, now: Temporal.Instant): WindowView {
  const start = toCentral(window.startsAt);
  const end = toCentral(window.endsAt);
  const lengthMinutes = minutesOf(window);
  return {
    id: window.id,
    version: window.version,
    state: stateOf(window, now),
    description: window.description,
    message: { ...window.message },
    startsAt: window.startsAt.toString(),
    endsAt: window.endsAt.toString(),
    start: start.local,
    startOccurrence: start.occurrence,
    startShown: sayCentral(window.startsAt),
    end: end.local,
    endOccurrence: end.occurrence,
    endShown: sayCentral(window.endsAt),
    lengthMinutes,
    length: sayLength(lengthMinutes),
    isActive: window.isActive,
    endedAt: window.endedAt?.toString() ?? null,
    appliesToAll: window.appliesToAll,
    pages: [...window.pages],
    pausesDataPump: window.pausesDataPump,
    createdBy: window.createdBy,
    createdAt: window.createdAt.toString(),
    changedBy: window.changedBy,
    changedAt: window.changedAt.toString(),
  };
}

/** A window's fields as people read them, by the names of the form: what histories, conflicts and the audit compare. */
export function documentOf(plan: WindowPlan): Readonly<Record<string, string>> {
  return {
    description: plan.description,
    'message.en': plan.message.en,
    'message.es': plan.message.es,
    start: sayCentral(plan.startsAt),
    end: sayCentral(plan.endsAt),
    isActive: plan.isActive ? 'yes' : 'no',
    pages: plan.appliesToAll ? 'all' : plan.pages.join(', '),
    pausesDataPump: plan.pausesDataPump ? 'yes' : 'no',
  };
}

export interface FieldChange {
  readonly field: string;
  readonly from: string | null;
  readonly to: string;
}

/** What differs between two documents; everything where there was none before. */
export function changesBetween(
  before: Readonly<Record<string, unknown>> | undefined,
  after: Readonly<Record<string, unknown>>,
): FieldChange[] {
  return Object.entries(after)
    .filter(([field, value]) => before?.[field] !== value)
    .map(([field, value]) => ({
      field,
      from: before === undefined ? null : String(before[field] ?? ''),
      to: String(value),
    }));
}

/** The versions with what each changed; they come newest first, and so they go. */
export function historyView(versions: readonly WindowVersion[]): WindowHistory['history'] {
  return versions.map((entry, at) => ({
    version: entry.version,
    act: entry.act,
    changedBy: entry.changedBy,
    changedAt: entry.changedAt.toString(),
    reason: entry.reason,
    changes: changesBetween(versions[at + 1]?.document, entry.document),
  }));
}
