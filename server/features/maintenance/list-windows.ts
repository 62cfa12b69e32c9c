import type { Platform } from '../../platform/platform.ts';
import type { MaintenanceWindow } from './maintenance-window.ts';
import { refuseWindow } from './problems.ts';
import { findWindow, openWindows, pastWindows, type WindowVersion, windowVersions } from './window-store.ts';

type ListDeps = Pick<Platform, 'database' | 'clock'>;

/** The windows of a biller: what is in force or to come (all of it), or what is over, a page at a time. */
export async function listWindows(
  deps: ListDeps,
  from: { bid: number; state: 'open' | 'past'; cursor?: string | undefined; limit: number },
): Promise<{ windows: readonly MaintenanceWindow[]; nextCursor: string | null }> {
  const { bid, limit } = from;
  const now = deps.clock.now();
  return deps.database.withBiller(bid, async (tx) => {
    if (from.state === 'open') return { windows: await openWindows(tx, bid, now), nextCursor: null };
    const found = await pastWindows(tx, bid, { now, after: readCursor(from.cursor), limit: limit + 1 });
    const windows = found.slice(0, limit);
    const last = windows.at(-1);
    const nextCursor = found.length > limit && last ? `${last.startsAt.epochMilliseconds}-${last.id}` : null;
    return { windows, nextCursor };
  });
}

export async function readWindow(
  deps: ListDeps,
  from: { bid: number; id: number },
): Promise<{ window: MaintenanceWindow; versions: readonly WindowVersion[] }> {
  const { bid, id } = from;
  return deps.database.withBiller(bid, async (tx) => {
    const window = await findWindow(tx, bid, id);
    if (!window) throw refuseWindow('unknown-maintenance-window', { id });
    return { window, versions: await windowVersions(tx, bid, id) };
  });
}

function readCursor(cursor: string | undefined): { startsAt: Temporal.Instant; id: number } | undefined {
  const [ms = Number.NaN, id = 0] = (cursor ?? '').split('-').map(Number);
  // Further than any instant reaches: after such a row there is nothing before it either.
  if (!Number.isSafeInteger(ms) || ms > 8.64e15 || cursor === undefined) return undefined;
  return { startsAt: Temporal.Instant.fromEpochMilliseconds(ms), id };
}
