import { hearChanges } from '../../platform/hear-changes.ts';
import type { Platform } from '../../platform/platform.ts';
import { closes, isInForce, lastsUntil, type MaintenancePage, type MaintenanceWindow } from './maintenance-window.ts';
import { ACTIVE_WINDOWS, type WindowRow, windowOfRow } from './window-store.ts';

const BILLERS_CACHED_MAX = 2_000;
/** How old the cached windows may be while no notification could arrive. */
const UNHEARD_MS_MAX = 1_000;
/** The same while they do arrive: a connection may be gone without either end having noticed. */
const HEARD_MS_MAX = 10_000;

/** A window that holds at this moment. */
export interface WindowInForce {
  readonly id: number;
  /** For staff. */
  readonly description: string;
  /** For payers; an empty Spanish one stands for the standard words. */
  readonly message: { readonly en: string; readonly es: string };
  readonly startsAt: Temporal.Instant;
  readonly endsAt: Temporal.Instant;
  /** When what was asked about opens again: later than `endsAt` where another window follows without a gap. */
  readonly until: Temporal.Instant;
  readonly appliesToAll: boolean;
  readonly pages: readonly MaintenancePage[];
  readonly pausesDataPump: boolean;
}

/** The maintenance windows of this process: at most 1 s behind a change made at any node, and decided by the clock. */
export interface Maintenance {
  /**
   * The window in force for a biller, if any. While there is one no payment may begin: what is due by itself (AutoPay,
   * scheduled payments) waits until `until` and then runs, once.
   */
  inForce(bid: number): Promise<WindowInForce | undefined>;
  /** The window that closes a page, if any; `pay` is closed by every window. */
  closing(bid: number, page: MaintenancePage): Promise<WindowInForce | undefined>;
  /** The window that pauses DataPump, if any. Lanes themselves ask the database, not this. */
  pausingDataPump(bid: number): Promise<WindowInForce | undefined>;
  isDataPumpPaused(bid: number): Promise<boolean>;
  /** Throws away what is cached; called after a change made in this process. */
  forget(bid: number): void;
  /** Resolves once changes made elsewhere are heard of at once. */
  listening(): Promise<void>;
  close(): Promise<void>;
}

type MaintenancePlatform = Pick<Platform, 'database' | 'clock' | 'timers' | 'log'>;

/** Keeps the active windows of billers that are asked about; PostgreSQL notifies `maintenance` with the BID of a change. */
export function createMaintenance(platform: MaintenancePlatform): Maintenance {
  const { clock, database } = platform;
  const cached = new Map<number, { windows: readonly MaintenanceWindow[]; readMs: number }>();
  const underWay = new Map<number, Promise<readonly MaintenanceWindow[]>>();
  let changes = 0;
  const forget = (bid: number): void => {
    changes++;
    cached.delete(bid);
    underWay.delete(bid); // a reading that began before the change must serve nobody who asks after it
  };
  const hearing = hearChanges(platform, {
    channel: 'maintenance',
    onChange: forget,
    onHeardAgain: () => {
      changes++;
      cached.clear();
      underWay.clear();
    },
  });

  const read = async (bid: number): Promise<readonly MaintenanceWindow[]> => {
    const changesBefore = changes;
    const readMs = clock.monotonicMs();
    const rows = await database.readNamed<WindowRow>(bid, ACTIVE_WINDOWS, [bid]);
    const windows = rows.map(windowOfRow);
    if (changes === changesBefore) {
      cached.delete(bid);
      cached.set(bid, { windows, readMs });
      for (const oldest of cached.keys()) {
        if (cached.size <= BILLERS_CACHED_MAX) break;
        cached.delete(oldest);
      }
    }
    return windows;
  };
  const windowsOf = (bid: number): readonly MaintenanceWindow[] | Promise<readonly MaintenanceWindow[]> => {
    const known = cached.get(bid);
    const ageMsMax = hearing.isHeard() ? HEARD_MS_MAX : UNHEARD_MS_MAX;
    if (known && clock.monotonicMs() - known.readMs < ageMsMax) return known.windows;
    const waiting = underWay.get(bid);
    if (waiting) return waiting;
    const reading = read(bid).finally(() => {
      if (underWay.get(bid) === reading) underWay.delete(bid);
    });
    underWay.set(bid, reading);
    return reading;
  };
  const among = async (
    bid: number,
    isMeant: (window: MaintenanceWindow) => boolean,
  ): Promise<WindowInForce | undefined> => inForceAmong((await windowsOf(bid)).filter(isMeant), clock.now());

  return {
    inForce: (bid) => among(bid, () => true),
    closing: (bid, page) => among(bid, (window) => closes(window, page)),
    pausingDataPump: (bid) => among(bid, (window) => window.pausesDataPump),
    isDataPumpPaused: async (bid) => (await among(bid, (window) => window.pausesDataPump)) !== undefined,
    forget,
    listening: hearing.started,
    close: hearing.close,
  };
}

/** Of several in force the one that ends last speaks: its message stands until the pages open again. */
export function inForceAmong(windows: readonly MaintenanceWindow[], now: Temporal.Instant): WindowInForce | undefined {
  const until = lastsUntil(windows, now);
  const speaking = windows
    .filter((window) => isInForce(window, now))
    .toSorted((a, b) => Temporal.Instant.compare(a.endsAt, b.endsAt))
    .at(-1);
  if (!speaking || !until) return undefined;
  const { id, description, message, startsAt, endsAt, appliesToAll, pages, pausesDataPump } = speaking;
  return { id, description, message, startsAt, endsAt, until, appliesToAll, pages, pausesDataPump };
}
