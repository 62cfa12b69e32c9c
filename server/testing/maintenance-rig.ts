import { createWindow, type SavedWindow, type WindowDraft } from '../features/maintenance/index.ts';
import type { FeatureDeps } from '../introduce.ts';
import type { Clock } from '../platform/clock.ts';

/** A clock that can be set to any moment, back too; what measures durations only goes forward. */
export function settableClock(startIso: string): Clock & { set(iso: string): void; advance(ms: number): void } {
  let nowMs = Temporal.Instant.from(startIso).epochMilliseconds;
  let passedMs = 0;
  return {
    now: () => Temporal.Instant.fromEpochMilliseconds(nowMs),
    nowMs: () => nowMs,
    monotonicMs: () => passedMs,
    set(iso) {
      const next = Temporal.Instant.from(iso).epochMilliseconds;
      passedMs += Math.max(0, next - nowMs);
      nowMs = next;
    },
    advance(ms) {
      nowMs += ms;
      passedMs += ms;
    },
  };
}

/** A window of a winter night, 10 PM to 6 AM Central: from 2026-11-22T04:00Z to 12:00Z. */
export const NIGHT: WindowDraft = {
  description: 'Spectrum conversion',
  message: { en: 'We are moving to a new system.', es: 'Cambiamos de sistema.' },
  start: '2026-11-21T22:00',
  end: '2026-11-22T06:00',
  isActive: true,
  appliesToAll: true,
  pages: [],
  pausesDataPump: false,
};

export const PM = { kind: 'staff', name: 'pm@example.com' } as const;

/** Plans a window as a project manager would, whatever a test wants different. */
export function planWindow(
  deps: Pick<FeatureDeps, 'database' | 'clock' | 'billers' | 'maintenance' | 'maintenancePorts'>,
  bid: number,
  change: Partial<WindowDraft> = {},
): Promise<SavedWindow> {
  return createWindow(deps, { bid, draft: { ...NIGHT, ...change }, by: PM });
}

/** Asks until it is so, in real time; returns how many milliseconds that took. */
export async function untilSo(isSo: () => Promise<boolean>, limitMs = 60_000): Promise<number> {
  const startMs = performance.now();
  for (;;) {
    if (await isSo()) return performance.now() - startMs;
    if (performance.now() - startMs > limitMs) throw new Error(`it did not come to be so within ${limitMs} ms`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
