import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { CENTRAL, fromCentral, sayCentral, sayLength, toCentral } from './central-time.ts';

const minute = 60_000;
const from2007 = Date.UTC(2007, 0, 1) / minute;
const until2040 = Date.UTC(2040, 0, 1) / minute;
const anyMinute = fc
  .integer({ min: from2007, max: until2040 })
  .map((count) => Temporal.Instant.fromEpochMilliseconds(count * minute));
/** Minutes around the changes of the clocks, where all faults live. */
const nearChange = fc
  .tuple(fc.integer({ min: 2007, max: 2039 }), fc.boolean(), fc.integer({ min: -240, max: 240 }))
  .map(([year, isSpring, minutes]) => changeOf(year, isSpring).add({ minutes }));

/** The change of a year, found by walking the zone. */
function changeOf(year: number, isSpring: boolean): Temporal.Instant {
  const start = Temporal.ZonedDateTime.from({ year, month: isSpring ? 1 : 7, day: 1, timeZone: CENTRAL });
  const change = start.getTimeZoneTransition('next');
  if (!change) throw new Error('no change of the clocks');
  return change.toInstant();
}

function momentOf(local: string, occurrence?: 'first' | 'second'): Temporal.Instant {
  const read = fromCentral(local, occurrence);
  if (read.kind !== 'moment') throw new Error(`${local} is ${read.kind}`);
  return read.at;
}

describe('a time in Central Time', () => {
  test('every moment is typed back to itself, near the changes of the clocks too', () => {
    fc.assert(
      fc.property(fc.oneof(anyMinute, nearChange), (at) => {
        const { local, occurrence } = toCentral(at);
        expect(momentOf(local, occurrence ?? undefined).toString()).toBe(at.toString());
      }),
      { numRuns: 2_000 },
    );
  });

  test('what was typed is what is shown again', () => {
    fc.assert(
      fc.property(fc.oneof(anyMinute, nearChange), fc.constantFrom('first', 'second'), (at, occurrence) => {
        // Any wall clock time at all, also those that do not exist: UTC's reading taken for Central.
        const local = at.toZonedDateTimeISO('UTC').toPlainDateTime().toString({ smallestUnit: 'minute' });
        const read = fromCentral(local, occurrence);
        if (read.kind === 'gap') return;
        if (read.kind !== 'moment') throw new Error(read.kind);
        expect(toCentral(read.at).local).toBe(local);
      }),
      { numRuns: 2_000 },
    );
  });

  test('each of the 60 minutes of a spring gap is refused, in every year, and none beside it', () => {
    for (let year = 2007; year < 2040; year++) {
      const change = changeOf(year, true);
      const day = change.toZonedDateTimeISO(CENTRAL).toPlainDate().toString();
      for (const clock of ['02:00', '02:30', '02:59']) {
        expect(fromCentral(`${day}T${clock}`, 'first')).toMatchObject({
          kind: 'gap',
          before: '1:59 AM',
          after: '3:00 AM',
        });
      }
      expect(momentOf(`${day}T01:59`).equals(change.subtract({ minutes: 1 }))).toBe(true);
      expect(momentOf(`${day}T03:00`).equals(change)).toBe(true);
    }
  });

  test('each minute of the autumn overlap is asked about, in every year, and is an hour apart', () => {
    for (let year = 2007; year < 2040; year++) {
      const day = changeOf(year, false).toZonedDateTimeISO(CENTRAL).toPlainDate().toString();
      for (const clock of ['01:00', '01:30', '01:59']) {
        const read = fromCentral(`${day}T${clock}`);
        if (read.kind !== 'twice') throw new Error(read.kind);
        expect(read.second.since(read.first).total('minutes')).toBe(60);
        expect([sayCentral(read.first).slice(-3), sayCentral(read.second).slice(-3)]).toEqual(['CDT', 'CST']);
        expect(momentOf(`${day}T${clock}`, 'first').equals(read.first)).toBe(true);
        expect(momentOf(`${day}T${clock}`, 'second').equals(read.second)).toBe(true);
      }
      expect(fromCentral(`${day}T00:59`).kind).toBe('moment');
      expect(fromCentral(`${day}T02:00`).kind).toBe('moment');
    }
  });

  test('a length counts the minutes that pass, not those the clocks show', () => {
    const length = (start: string, end: string) => momentOf(end).since(momentOf(start)).total('minutes');
    expect(length('2026-03-07T22:00', '2026-03-08T06:00')).toBe(7 * 60);
    expect(length('2026-10-31T22:00', '2026-11-01T06:00')).toBe(9 * 60);
    expect(length('2027-03-13T22:00', '2027-03-14T06:00')).toBe(7 * 60);
    expect(length('2027-11-06T22:00', '2027-11-07T06:00')).toBe(9 * 60);
    expect(length('2026-11-21T22:00', '2026-11-22T06:00')).toBe(8 * 60);
    expect([sayLength(420), sayLength(1), sayLength(4321), sayLength(1440)]).toEqual([
      '7 hours',
      '1 minute',
      '3 days 1 minute',
      '1 day',
    ]);
  });

  test('what is no day or no time is none', () => {
    const wrong = [
      '2026-02-30T10:00',
      '2026-13-01T10:00',
      '2026-11-21T24:00',
      '2026-11-21T10:60',
      '',
      'tomorrow',
      '2026-11-21T10:00Z',
    ];
    for (const typed of wrong) expect(fromCentral(typed).kind).toBe('no-such-day');
  });
});
