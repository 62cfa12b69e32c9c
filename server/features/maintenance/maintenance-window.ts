/**
 * What a window can close. Paying is closed by every window (spec/configuration.md: no payment can start); a receipt, and
 * the page of a payment under way, are closed by none: who comes back from the processor must learn whether money was
 * taken. The last three are named by the product and closed as soon as they exist.
 */
export const MAINTENANCE_PAGES = ['find', 'bill', 'pay', 'customer-portal', 'sso-connect', 'pay-by-text'] as const;
export type MaintenancePage = (typeof MAINTENANCE_PAGES)[number];

/** What somebody decides about a window; times as instants. */
export interface WindowPlan {
  /** For staff only. */
  readonly description: string;
  /** For payers; plain text. An empty Spanish one: the standard words. */
  readonly message: { readonly en: string; readonly es: string };
  readonly startsAt: Temporal.Instant;
  readonly endsAt: Temporal.Instant;
  readonly isActive: boolean;
  readonly appliesToAll: boolean;
  /** Where it does not apply to all; always with `pay`. */
  readonly pages: readonly MaintenancePage[];
  readonly pausesDataPump: boolean;
}

export interface MaintenanceWindow extends WindowPlan {
  readonly bid: number;
  readonly id: number;
  readonly version: number;
  /** The end as it stood when the window came into force. */
  readonly plannedEndsAt: Temporal.Instant;
  /** Since when it is over, where somebody or the program has put it away. */
  readonly endedAt: Temporal.Instant | null;
  readonly createdBy: string;
  readonly createdByKind: string;
  readonly createdAt: Temporal.Instant;
  readonly changedBy: string;
  readonly changedByKind: string;
  readonly changedAt: Temporal.Instant;
}

export const WINDOW_STATES = ['in-force', 'planned', 'off', 'ended-early', 'over'] as const;
/** `off`: not active, and never was in force. */
export type WindowState = (typeof WINDOW_STATES)[number];

type Timed = Pick<MaintenanceWindow, 'startsAt' | 'endsAt' | 'isActive'>;

/** In force for exactly [start, end) while active. */
export function isInForce(window: Timed, now: Temporal.Instant): boolean {
  return (
    window.isActive &&
    Temporal.Instant.compare(window.startsAt, now) <= 0 &&
    Temporal.Instant.compare(now, window.endsAt) < 0
  );
}

export function stateOf(window: Timed & Pick<MaintenanceWindow, 'endedAt'>, now: Temporal.Instant): WindowState {
  if (isInForce(window, now)) return 'in-force';
  const isPastEnd = Temporal.Instant.compare(window.endsAt, now) <= 0;
  if (window.isActive) return isPastEnd ? 'over' : 'planned';
  if (window.endedAt === null) return isPastEnd ? 'over' : 'off';
  return Temporal.Instant.compare(window.endedAt, window.endsAt) < 0 ? 'ended-early' : 'over';
}

export function closes(window: Pick<WindowPlan, 'appliesToAll' | 'pages'>, page: MaintenancePage): boolean {
  return page === 'pay' || window.appliesToAll || window.pages.includes(page);
}

/**
 * The latest end of what holds at this moment, through windows that overlap or follow without a gap; undefined when
 * nothing holds now.
 */
export function lastsUntil(windows: readonly Timed[], now: Temporal.Instant): Temporal.Instant | undefined {
  const active = windows.filter((window) => window.isActive);
  let until: Temporal.Instant | undefined;
  for (const window of active.toSorted((a, b) => Temporal.Instant.compare(a.startsAt, b.startsAt))) {
    const reach = until ?? now;
    if (Temporal.Instant.compare(window.startsAt, reach) > 0) break;
    if (Temporal.Instant.compare(window.endsAt, reach) > 0) until = window.endsAt;
  }
  return until;
}
