import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { noCrashPoints } from '../../platform/crash-points.ts';
import type { App } from '../../platform/http.ts';
import type { LaneRunner } from '../../platform/lanes.ts';
import { withDeliveries } from '../../testing/deliveries-rig.ts';
import { NIGHT, PM, planWindow, untilSo } from '../../testing/maintenance-rig.ts';
import { withFrontDoor } from '../../testing/sandbox-biller.ts';
import { JUST_PROVEN } from '../../testing/staff.ts';
import { changeWindow, endWindow } from '../maintenance/index.ts';
import { wakeLanesOf } from './delivery-store.ts';
import { laneStore } from './lane-store.ts';
import { pauseLane, resumeLane } from './operate-lane.ts';
import { registerDeliveriesRoutes } from './routes.ts';
import { startLanes } from './start-lanes.ts';
import { watchLanes } from './watch-lanes.ts';

/** TEST_START is 9 AM Central on this day. */
const NOW = { ...NIGHT, start: '2026-11-18T09:00', end: '2026-11-18T11:00', pausesDataPump: true };
const TWO_HOURS_MS = 2 * 3_600_000;

let rig: Awaited<ReturnType<typeof withDeliveries>>;
let lanes: LaneRunner | undefined;
let app: App;
let bid = 3000;

beforeAll(async () => {
  rig = await withDeliveries();
  const principal = {
    kind: 'staff' as const,
    userId: 'u',
    email: PM.name,
    name: 'PM',
    permissions: new Set(['deliveries:read'] as const),
    bid: null,
    csrfToken: '',
    ...JUST_PROVEN,
  };
  app = await withFrontDoor(rig.deps, principal, (front) => registerDeliveriesRoutes(front, rig.deps));
});
afterEach(async () => {
  await lanes?.stop();
  lanes = undefined;
});
afterAll(async () => {
  await app?.close();
  await rig?.close();
});

const maintenanceDeps = () => ({
  ...rig.deps,
  maintenancePorts: { invoicesDue: async () => 0, wakeLanes: wakeLanesOf, queueEmail: async () => undefined },
});
/** A biller with a window in force that starts with the test's moment and pauses DataPump, or as told. */
async function paused(change: Partial<typeof NOW> = {}) {
  bid += 1;
  const biller = await rig.addPostingBiller(bid);
  const start = rig.clock.now().toZonedDateTimeISO('America/Chicago').toPlainDateTime();
  const typed = (time: Temporal.PlainDateTime) => time.toString({ smallestUnit: 'minute' });
  const draft = { ...NOW, start: typed(start), end: typed(start.add({ hours: 2 })), ...change };
  const { window } = await planWindow(maintenanceDeps(), bid, draft);
  return { biller, window, draft };
}
const lanesOverHttp = async (of: number): Promise<unknown> =>
  (await app.inject({ url: `/api/v1/billers/${of}/lanes` })).json();
const laneRow = (of: number) =>
  rig.deps.database.withBiller(of, (tx) =>
    tx
      .selectFrom('lane')
      .select(['wanted', 'done', 'run_at', 'paused_at'])
      .where('bid', '=', of)
      .executeTakeFirstOrThrow(),
  );
const rests = (of: number, until: string) => untilSo(async () => (await laneRow(of)).run_at.toString() === until);

test('nothing is sent in the window; ended early, all of it is within two seconds, in each account’s order', async () => {
  const { biller, window } = await paused();
  lanes = startLanes(rig.deps);
  const made = [
    await rig.pay(biller, 'P110', 1_000),
    await rig.pay(biller, 'P110', 2_000),
    await rig.pay(biller, 'P111'),
  ];
  await rests(bid, window.endsAt.toString());
  made.push(await rig.pay(biller, 'P110', 3_000));
  await rests(bid, window.endsAt.toString());
  expect(rig.sandbox.ledger({ policyNumber: 'P110' })).toMatchObject({ count: 0 });
  expect(await rig.stateOf(bid, made[0]?.paymentId ?? 0)).toMatchObject({ state: 'queued' });
  expect(await lanesOverHttp(bid)).toMatchObject({
    maintenance: { windowId: window.id, description: NIGHT.description, until: window.endsAt.toString() },
    items: [{ pausedAt: null }],
  });
  await endWindow(maintenanceDeps(), { bid, id: window.id, reason: 'done early', by: PM });
  for (const { paymentId } of made) await rig.until(bid, paymentId, 'posted');
  const { payments } = rig.sandbox.ledger({ policyNumber: 'P110' });
  const inOrder = made.filter((_, at) => at !== 2).map((one) => `${bid}${one.paymentId}`);
  expect(payments.map((booked) => booked.transactionId)).toEqual(inOrder);
  expect(rig.sandbox.ledger({ policyNumber: 'P110' })).toMatchObject({ count: 3, doubleBooked: {} });
  expect(await lanesOverHttp(bid)).toMatchObject({ maintenance: null });
});

test('it goes on by itself at the end, with nobody doing anything', async () => {
  const { biller, window } = await paused();
  lanes = startLanes(rig.deps);
  const { paymentId } = await rig.pay(biller, 'P112');
  await rests(bid, window.endsAt.toString());
  rig.clock.advance(TWO_HOURS_MS);
  await rig.until(bid, paymentId, 'posted');
  expect(rig.sandbox.ledger({ policyNumber: 'P112' })).toMatchObject({ count: 1 });
});

test('an end that is moved on keeps it paused beyond the old end', async () => {
  const { biller, window, draft } = await paused();
  lanes = startLanes(rig.deps);
  const { paymentId } = await rig.pay(biller, 'P113');
  await rests(bid, window.endsAt.toString());
  const end = window.endsAt.add({ hours: 1 });
  const typed = end.toZonedDateTimeISO('America/Chicago').toPlainDateTime().toString({ smallestUnit: 'minute' });
  await changeWindow(maintenanceDeps(), {
    bid,
    id: window.id,
    expectedVersion: 1,
    draft: { ...draft, end: typed },
    by: PM,
  });
  rig.clock.advance(TWO_HOURS_MS);
  await rests(bid, end.toString());
  expect(await rig.stateOf(bid, paymentId)).toMatchObject({ state: 'queued' });
  rig.clock.advance(3_600_000);
  await rig.until(bid, paymentId, 'posted');
});

test('an operator’s pause is not touched by a window, before, in or after it', async () => {
  const { biller, window } = await paused();
  const { paymentId } = await rig.pay(biller, 'P114');
  const laneId = `${bid}/payments/1`;
  await pauseLane(rig.deps, { bid, laneId, reason: 'by hand', by: PM });
  lanes = startLanes(rig.deps);
  await endWindow(maintenanceDeps(), { bid, id: window.id, reason: 'done', by: PM });
  expect((await laneRow(bid)).paused_at).not.toBeNull();
  await resumeLane(rig.deps, { bid, laneId, reason: 'by hand', by: PM });
  await rig.until(bid, paymentId, 'posted');
});

test('a window that does not pause DataPump, and one of another biller, stop nothing', async () => {
  const { biller } = await paused({ pausesDataPump: false });
  lanes = startLanes(rig.deps);
  await rig.until(bid, (await rig.pay(biller, 'P115')).paymentId, 'posted');
});

test('a run that began before the window commits no intent in it', async () => {
  const { biller } = await paused();
  await rig.pay(biller, 'P116');
  const connection = await rig.deps.database.connect('test');
  try {
    const laneId = `${bid}/payments/1`;
    const store = laneStore({ connection, bid, laneId, settleMinutes: 30, crash: noCrashPoints, clock: rig.clock });
    const [open] = await store.readOpen(0, 10);
    if (!open) throw new Error('the delivery is not there');
    const at = { intentAtMs: rig.clock.nowMs(), deadlineAtMs: rig.clock.nowMs() };
    const intent = { id: open.id, version: open.version, n: 1, permit: open.permit, possiblyApplied: true, ...at };
    const write = () => store.write({ marks: [], intents: [{ ...intent, payloadHash: '00', baseline: null }] });
    expect(await write()).toMatchObject({ isPaused: true, intended: new Set(), spent: new Set() });
    rig.clock.advance(TWO_HOURS_MS);
    expect(await write()).toMatchObject({ isPaused: false, intended: new Set([open.id]) });
  } finally {
    await connection.end();
  }
});

test('what a window held is not called late, in it or just after it', async () => {
  const { biller, window } = await paused();
  await rig.pay(biller, 'P117');
  const alerts = () =>
    rig.deps.database.withBiller(bid, (tx) =>
      tx.selectFrom('work_item').select('kind').where('kind', '=', 'lane-waiting').execute(),
    );
  const watch = () => watchLanes(rig.deps);
  rig.clock.advance(3_600_000);
  await watch();
  expect(await alerts()).toEqual([]);
  rig.clock.advance(3_600_000);
  await watch();
  expect([await alerts(), rig.clock.now().equals(window.endsAt)]).toEqual([[], true]);
  rig.clock.advance(31 * 60_000);
  await watch();
  expect(await alerts()).toHaveLength(1);
});
