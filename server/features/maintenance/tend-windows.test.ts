import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { withTestApp } from '../../testing/app.ts';
import { NIGHT, PM, planWindow, settableClock } from '../../testing/maintenance-rig.ts';
import { createBiller } from '../billers/index.ts';
import { readWindow } from './list-windows.ts';
import { changeWindow, endWindow } from './save-window.ts';
import { tendWindows } from './tend-windows.ts';
import { TENDED_MAX } from './window-store.ts';

const clock = settableClock('2026-11-18T15:00:00Z');
let app: Awaited<ReturnType<typeof withTestApp>>;
let bid = 0;

beforeAll(async () => {
  app = await withTestApp({ overrides: { clock } });
});
afterAll(() => app?.close());
beforeEach(async () => {
  bid += 1;
  clock.set('2026-11-18T15:00:00Z');
  await createBiller(app.deps, { bid, name: `Biller ${bid}`, by: { kind: 'operator', name: 'test' } });
});

/** The job runs, also when another node's runs in the same moment. */
async function runAt(iso: string): Promise<void> {
  clock.set(iso);
  await Promise.all([tendWindows(app.deps), tendWindows(app.deps)]);
}
const items = () =>
  app.deps.database.withBiller(bid, (tx) =>
    tx.selectFrom('work_item').select(['kind', 'subject', 'sentence', 'closed_by']).orderBy('id').execute(),
  );
const emails = () =>
  app.deps.database.withBiller(bid, (tx) =>
    tx.selectFrom('notice').select(['to_address', 'subject', 'body_text']).orderBy('id').execute(),
  );

test('an hour before the end its maker is told once what will happen by itself; the item goes with the window', async () => {
  const { window } = await planWindow(app.deps, bid, { pausesDataPump: true });
  await runAt('2026-11-22T10:59:00Z');
  expect(await items()).toEqual([]);
  await runAt('2026-11-22T11:00:00Z');
  await runAt('2026-11-22T11:01:00Z');
  expect(await items()).toMatchObject([
    {
      kind: 'maintenance-ending',
      subject: `maintenance-window/${window.id}`,
      sentence: expect.stringContaining('the pages open by themselves and DataPump goes on'),
      closed_by: null,
    },
  ]);
  expect(await emails()).toMatchObject([
    {
      to_address: PM.name,
      subject: `Maintenance ends soon: Biller ${bid}`,
      body_text: expect.stringContaining(`/staff/billers/${bid}/portal-customization/maintenance-windows`),
    },
  ]);
  await runAt('2026-11-22T12:00:00Z');
  expect(await items()).toMatchObject([{ closed_by: 'program' }]);
});

test('one that lasts longer than planned is asked about, and the question goes when it is ended', async () => {
  const { window } = await planWindow(app.deps, bid);
  clock.set('2026-11-22T11:30:00Z');
  const draft = { ...NIGHT, end: '2026-11-22T20:00' };
  await changeWindow(app.deps, {
    bid,
    id: window.id,
    expectedVersion: 1,
    draft,
    by: { kind: 'staff', name: 'second@example.com' },
  });
  await runAt('2026-11-22T12:29:00Z');
  expect(await items()).toEqual([]);
  await runAt('2026-11-22T12:30:00Z');
  expect(await items()).toMatchObject([
    {
      kind: 'maintenance-left-open',
      sentence: expect.stringContaining('longer than planned (until Sunday, November 22, 2026 at 6:00 AM CST)'),
    },
  ]);
  expect((await emails()).map((email) => email.to_address)).toEqual([PM.name, 'second@example.com']);
  await endWindow(app.deps, { bid, id: window.id, reason: 'done', by: PM });
  expect(await items()).toMatchObject([{ closed_by: PM.name }]);
});

test('one left open for days is asked about each day, in one open item', async () => {
  await planWindow(app.deps, bid, { end: '2026-12-20T06:00' });
  for (const day of [23, 24, 25]) await runAt(`2026-11-${day}T04:00:00Z`);
  expect((await items()).map((item) => item.kind)).toEqual(['maintenance-left-open']);
  expect(await emails()).toHaveLength(3);
});

test('one whose end has passed is put away two hours later, by the program, in history and audit; not a minute sooner', async () => {
  const { window } = await planWindow(app.deps, bid);
  await runAt('2026-11-22T13:59:00Z');
  expect((await readWindow(app.deps, { bid, id: window.id })).window.isActive).toBe(true);
  await runAt('2026-11-22T14:00:00Z');
  const { window: put, versions } = await readWindow(app.deps, { bid, id: window.id });
  expect(put).toMatchObject({ isActive: false, version: 2, changedBy: 'causeway' });
  expect(put.endedAt?.toString()).toBe('2026-11-22T12:00:00Z');
  expect(versions[0]).toMatchObject({ act: 'over', reason: expect.stringContaining('6:00 AM CST') });
  const { rows } = {
    rows: await app.deps.database.withBiller(bid, (tx) =>
      tx
        .selectFrom('audit_event')
        .select(['actor_kind', 'act'])
        .where('subject', '=', `maintenance-window/${window.id}`)
        .orderBy('seq')
        .execute(),
    ),
  };
  expect(rows).toEqual([
    { actor_kind: 'staff', act: 'maintenance-window.planned' },
    { actor_kind: 'program', act: 'maintenance-window.over' },
  ]);
});

test('one that is moved to a later night while in force is measured by its new end', async () => {
  const { window } = await planWindow(app.deps, bid);
  clock.set('2026-11-22T05:00:00Z');
  const draft = { ...NIGHT, start: '2026-11-22T22:00', end: '2026-11-23T06:00' };
  await changeWindow(app.deps, { bid, id: window.id, expectedVersion: 1, draft, by: PM });
  await runAt('2026-11-23T06:00:00Z');
  expect(await items()).toEqual([]);
});

test('one made at the command line has nobody to write to, and its item waits all the same', async () => {
  const { window } = await planWindow(app.deps, bid);
  await app.deps.database.withBiller(bid, (tx) =>
    tx
      .updateTable('maintenance_window')
      .set({
        created_by_kind: 'operator',
        created_by: 'operator root',
        changed_by_kind: 'operator',
        changed_by: 'operator root',
      })
      .where('id', '=', window.id)
      .execute(),
  );
  await runAt('2026-11-22T11:30:00Z');
  expect(await items()).toHaveLength(1);
  expect(await emails()).toEqual([]);
});

test('however many are in force, each is looked after', async () => {
  await app.deps.database.withBiller(bid, (tx) =>
    sql`insert into maintenance_window (bid, description, message_en, message_es, starts_at, ends_at, planned_ends_at,
        is_active, applies_to_all, pages, pauses_datapump, created_by_kind, created_by, created_at, changed_by_kind, changed_by, changed_at)
      select ${bid}, 'one of many', 'closed', '', '2026-11-18T14:00Z', '2026-11-20T14:00Z', '2026-11-20T14:00Z',
        true, true, '{}', false, 'program', 'test', '2026-11-18T14:00Z', 'program', 'test', '2026-11-18T14:00Z'
      from generate_series(1, ${TENDED_MAX})`.execute(tx),
  );
  bid += 1;
  await createBiller(app.deps, { bid, name: `Biller ${bid}`, by: { kind: 'operator', name: 'test' } });
  await planWindow(app.deps, bid, { start: '2026-11-18T09:00', end: '2026-11-18T12:00' });
  await runAt('2026-11-18T17:30:00Z');
  expect((await items()).map((item) => item.kind)).toEqual(['maintenance-ending']);
});
