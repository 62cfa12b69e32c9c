import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { inForceAmong } from './load-windows.ts';
import { closes, isInForce, lastsUntil, type MaintenanceWindow, stateOf } from './maintenance-window.ts';
import { dutiesOf, endingFrom } from './tend-windows.ts';
import type { TendedWindow } from './window-store.ts';

const T0 = Temporal.Instant.from('2026-11-21T00:00:00Z');
const at = (hours: number) => T0.add({ minutes: Math.round(hours * 60) });

function windowOf(from: Partial<TendedWindow> & { hours: readonly [number, number] }): TendedWindow {
  const { hours, ...more } = from;
  return {
    bid: 1,
    id: 1,
    version: 1,
    description: 'x',
    message: { en: 'x', es: '' },
    startsAt: at(hours[0]),
    endsAt: at(hours[1]),
    plannedEndsAt: at(hours[1]),
    isActive: true,
    endedAt: null,
    appliesToAll: true,
    pages: [],
    pausesDataPump: false,
    createdBy: 'pm@example.com',
    createdByKind: 'staff',
    createdAt: at(hours[0] - 48),
    changedBy: 'pm@example.com',
    changedByKind: 'staff',
    changedAt: at(hours[0] - 48),
    remindedOpenAt: null,
    remindedEnd: null,
    ...more,
  };
}

describe('a window', () => {
  test('is in force from its start to just before its end, and never while it is not active', () => {
    const window = windowOf({ hours: [0, 8] });
    const states = [-0.02, 0, 7.99, 8].map((hour) => [isInForce(window, at(hour)), stateOf(window, at(hour))]);
    expect(states).toEqual([
      [false, 'planned'],
      [true, 'in-force'],
      [true, 'in-force'],
      [false, 'over'],
    ]);
    expect(isInForce({ ...window, isActive: false }, at(1))).toBe(false);
    expect(stateOf({ ...window, isActive: false, endedAt: at(2) }, at(3))).toBe('ended-early');
    expect(stateOf({ ...window, isActive: false }, at(3))).toBe('off');
    expect(stateOf({ ...window, isActive: false, endedAt: window.endsAt }, at(30))).toBe('over');
  });

  test('closes paying always, and of the rest what it names', () => {
    const some = { appliesToAll: false, pages: ['find'] as const };
    expect([closes(some, 'pay'), closes(some, 'find'), closes(some, 'bill')]).toEqual([true, true, false]);
    expect(closes({ appliesToAll: true, pages: [] }, 'pay-by-text')).toBe(true);
  });

  test('a page opens again at the end of all that follow without a gap', () => {
    const spans = fc.array(fc.tuple(fc.integer({ min: -20, max: 20 }), fc.integer({ min: 1, max: 10 }), fc.boolean()), {
      maxLength: 8,
    });
    fc.assert(
      fc.property(spans, (list) => {
        const windows = list.map(([start, length, isActive]) => windowOf({ hours: [start, start + length], isActive }));
        const until = lastsUntil(windows, T0);
        const isClosed = (when: Temporal.Instant) => windows.some((window) => isInForce(window, when));
        if (!until) expect(isClosed(T0)).toBe(false);
        else {
          expect(isClosed(until)).toBe(false);
          for (let hour = 0; Temporal.Instant.compare(at(hour), until) < 0; hour++)
            expect(isClosed(at(hour))).toBe(true);
        }
        expect(inForceAmong(windows, T0)?.until.toString()).toBe(until?.toString());
      }),
    );
  });
});

describe('what the program owes a window', () => {
  const duties = (window: TendedWindow, hour: number) => dutiesOf(window, at(hour));

  test('nothing while it is planned, and nothing in its ordinary hours', () => {
    const night = windowOf({ hours: [0, 8] });
    expect([duties(night, -1), duties(night, 1), duties(night, 6.9)]).toEqual([[], [], []]);
  });

  test('one reminder an hour before its end, once for that end; half-way through where it is shorter', () => {
    const night = windowOf({ hours: [0, 8] });
    expect(duties(night, 7)).toEqual(['maintenance-ending']);
    expect(duties({ ...night, remindedEnd: night.endsAt }, 7.5)).toEqual([]);
    expect(duties({ ...night, endsAt: at(9), remindedEnd: night.endsAt }, 8.5)).toEqual(['maintenance-ending']);
    expect(endingFrom(windowOf({ hours: [0, 1] })).toString()).toBe(at(0.5).toString());
  });

  test('a reminder a day after it began, and each day from then on', () => {
    const long = windowOf({ hours: [0, 200] });
    expect([duties(long, 23.9), duties(long, 24)]).toEqual([[], ['maintenance-left-open']]);
    const told = { ...long, remindedOpenAt: at(24) };
    expect([duties(told, 47.9), duties(told, 48)]).toEqual([[], ['maintenance-left-open']]);
  });

  test('a reminder when it lasts longer than planned, but not within the hour of the change that made it so', () => {
    const extended = windowOf({ hours: [0, 20], plannedEndsAt: at(8), changedAt: at(7.75) });
    expect([duties(extended, 8), duties(extended, 8.75)]).toEqual([[], ['maintenance-left-open']]);
  });

  test('its reminders end with it, and two hours after its end it is put away', () => {
    const told = windowOf({ hours: [0, 8], remindedEnd: at(8) });
    expect([duties(told, 8), duties(told, 10)]).toEqual([['close-reminders'], ['close-reminders', 'put-away']]);
    const put: MaintenanceWindow & TendedWindow = { ...told, isActive: false, endedAt: at(8), remindedEnd: null };
    expect(duties(put, 30)).toEqual([]);
  });
});
