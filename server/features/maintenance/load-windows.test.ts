import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { introduce } from '../../introduce.ts';
import { openPlatform } from '../../open-platform.ts';
import { withTestApp } from '../../testing/app.ts';
import { PM, planWindow, settableClock, untilSo } from '../../testing/maintenance-rig.ts';
import { createBiller } from '../billers/index.ts';
import { changeWindow, endWindow } from './save-window.ts';

const IN_WINDOW = '2026-11-22T05:00:00Z';
const clock = settableClock('2026-11-18T15:00:00Z');

let here: Awaited<ReturnType<typeof withTestApp>>;
/** Another node on the same database. */
let there: ReturnType<typeof introduce>;
let closeThere: () => Promise<void>;

beforeAll(async () => {
  here = await withTestApp({ overrides: { clock } });
  const { deps } = here;
  const other = await openPlatform({ config: deps.config, queues: [], overrides: { clock, log: deps.log } });
  there = introduce(other.platform);
  closeThere = async () => {
    await there.close();
    await other.close();
  };
  await Promise.all([deps.maintenance.listening(), there.deps.maintenance.listening()]);
  for (const bid of [1, 2, 3, 4]) {
    await createBiller(deps, { bid, name: `Biller ${bid}`, by: { kind: 'operator', name: 'test' } });
  }
});
afterAll(async () => {
  await closeThere?.();
  await here?.close();
});

/** The promise is a second; what it took is printed, since a busy machine must not fail a true guarantee. */
const tell = (tookMs: number) => console.info(`the other node followed after ${Math.round(tookMs)} ms`);
const isClosedThere = async (bid: number) => (await there.deps.maintenance.inForce(bid)) !== undefined;

describe('two nodes on one database', () => {
  test('the other node closes and opens after a change by itself, the clock standing still', async () => {
    clock.set('2026-11-18T15:00:00Z');
    expect(await isClosedThere(1)).toBe(false);
    const { window } = await planWindow(here.deps, 1, { start: '2026-11-18T09:00', end: '2026-11-18T12:00' });
    tell(await untilSo(() => isClosedThere(1)));
    const { until, message } = (await there.deps.maintenance.closing(1, 'find')) ?? {};
    expect([until?.toString(), message?.en]).toEqual(['2026-11-18T18:00:00Z', 'We are moving to a new system.']);
    await endWindow(here.deps, { bid: 1, id: window.id, reason: 'done early', by: PM });
    tell(await untilSo(async () => !(await isClosedThere(1))));
  });

  test('the other node follows a moved end by itself', async () => {
    clock.set('2026-11-18T15:00:00Z');
    const draft = { start: '2026-11-18T09:00', end: '2026-11-18T12:00' };
    const { window } = await planWindow(here.deps, 2, draft);
    await untilSo(() => isClosedThere(2));
    clock.set('2026-11-18T15:30:00Z');
    const { message, description, isActive, appliesToAll, pausesDataPump } = window;
    await changeWindow(here.deps, {
      bid: 2,
      id: window.id,
      expectedVersion: 1,
      draft: {
        message,
        description,
        isActive,
        appliesToAll,
        pages: [],
        pausesDataPump,
        ...draft,
        end: '2026-11-18T09:30',
      },
      by: PM,
    });
    tell(await untilSo(async () => !(await isClosedThere(2))));
  });

  test('what is asked at once is one reading, and a reading begun before a change serves nobody after it', async () => {
    clock.set(IN_WINDOW);
    const asking = Array.from({ length: 20 }, () => isClosedThere(3));
    const { window } = await planWindow(here.deps, 3);
    expect(await Promise.all(asking)).toEqual(Array.from({ length: 20 }, () => false));
    tell(await untilSo(() => isClosedThere(3)));
    await endWindow(here.deps, { bid: 3, id: window.id, reason: 'tidy up', by: PM });
  });
});

test('with the listening connection lost a node is at most a second behind', async () => {
  clock.set(IN_WINDOW);
  expect(await isClosedThere(4)).toBe(false);
  const killer = await here.deps.database.connect('killer');
  await killer.query('set role none');
  // Again and again while the test runs: it may never hear anything.
  const kill = () =>
    killer.query(
      `select pg_terminate_backend(pid) from pg_stat_activity
       where datname = current_database() and application_name = 'causeway maintenance listener'`,
    );
  try {
    await kill();
    await planWindow(here.deps, 4);
    clock.advance(1_000);
    await untilSo(async () => {
      await kill();
      clock.advance(1_000);
      return isClosedThere(4);
    });
  } finally {
    await killer.end();
  }
  await untilSo(async () => {
    await there.deps.maintenance.listening();
    clock.advance(1_000);
    return isClosedThere(4);
  });
});
