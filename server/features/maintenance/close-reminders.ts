import type { Tx } from '../../platform/database.ts';
import { closeWorkItem } from '../../platform/work-items.ts';
import type { MaintenanceWindow } from './maintenance-window.ts';
import { markReminded } from './window-store.ts';

/** The two things somebody is told about a window: it is still open, and it is about to end. */
export const REMINDERS = ['maintenance-left-open', 'maintenance-ending'] as const;
export type Reminder = (typeof REMINDERS)[number];

export const subjectOf = (window: Pick<MaintenanceWindow, 'id'>): string => `maintenance-window/${window.id}`;

/** Somebody acted on a window, or it is over: what waits for a person about it is done. A later reminder opens anew. */
export async function closeReminders(
  tx: Tx,
  window: Pick<MaintenanceWindow, 'bid' | 'id'>,
  from: { by: string; at: Temporal.Instant },
): Promise<void> {
  for (const kind of REMINDERS) await closeWorkItem(tx, { bid: window.bid, kind, subject: subjectOf(window), ...from });
  await markReminded(tx, { bid: window.bid, id: window.id, openAt: null, end: null });
}
