import pg from 'pg';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { withFrontDoor, withSandboxBillers } from '../../testing/sandbox-biller.ts';
import { catalogueRow } from '../billers/index.ts';
import { setBlockFlags } from '../invoices/index.ts';
import { listRefreshes, readAccountState, readBalance } from './balances-store.ts';
import { type RefreshAsk, refreshBalance } from './refresh-balance.ts';
import { registerBalancesRoutes } from './routes.ts';

let world: Awaited<ReturnType<typeof withSandboxBillers>>;
const BID = 2984;
const FLAGS_ON = { 131: '{"RTDRConfig":{"UpdateBlockedFlags":true}}', 32: catalogueRow('32')?.words[0] ?? '' };

beforeAll(async () => {
  world = await withSandboxBillers();
  await world.addBiller(BID);
  await world.addBiller(2985, { texts: FLAGS_ON });
});
afterEach(() => world.sandbox.reset(['faults', 'requests']));
afterAll(() => world.close());

const ask = (accountNumber: string, more: Partial<RefreshAsk> = {}): RefreshAsk => ({
  bid: BID,
  accountNumber,
  cause: 'api',
  ...more,
});
const requests = () => world.sandbox.requests({ operation: 'balance' }).requests.length;
const stored = (accountNumber: string, bid = BID) => readAccountState(world.deps.database, bid, accountNumber);

test('a refresh keeps the balance, its attributes and a record of itself', async () => {
  await world.addAccount(BID, '20240903');
  const result = await refreshBalance(world.deps, ask('20240903'));
  expect(result).toMatchObject({
    kind: 'fresh',
    balance: {
      currentDueCents: 167_500,
      totalUnpaidCents: 167_500,
      pendingPaymentCents: 68_670,
      dueDate: '2024-09-23',
      isStale: false,
    },
  });
  const account = await stored('20240903');
  expect(account).toMatchObject({
    zip: '50265-0000',
    city: 'WEST DES MOINES',
    balance: { attributes: { pay_plan: 'Annual', allow_payments: true } },
  });
  const [record] = await world.deps.database.withBiller(BID, (tx) =>
    listRefreshes(tx, { bid: BID, accountNumber: '20240903', before: undefined, limit: 5 }),
  );
  expect(record).toMatchObject({
    cause: 'api',
    outcome: 'fresh',
    currentDueCents: 167_500,
    detail: { transcript: { method: 'GET', status: 200 } },
  });
});

test('a hundred who ask for one account at once cause one call and one row', async () => {
  await world.addAccount(BID, '99900001');
  const results = await Promise.all(
    Array.from({ length: 100 }, () => refreshBalance(world.deps, ask('99900001', { cause: 'view' }))),
  );
  expect(new Set(results).size).toBe(1);
  expect(requests()).toBe(1);
});

test('a balance young enough is kept without a call; an older or a stale one is asked for again', async () => {
  await world.addAccount(BID, '99900021');
  await refreshBalance(world.deps, ask('99900021'));
  world.clock.advance(59_000);
  expect((await refreshBalance(world.deps, ask('99900021', { maxAgeSeconds: 60 }))).kind).toBe('kept');
  world.clock.advance(2_000);
  expect((await refreshBalance(world.deps, ask('99900021', { maxAgeSeconds: 60 }))).kind).toBe('fresh');
  expect((await refreshBalance(world.deps, ask('99900021', { cause: 'charge' }))).kind).toBe('kept');
  world.sandbox.faults.add({ operation: 'balance', count: 1, effect: { kind: 'status', status: 500 } });
  expect((await refreshBalance(world.deps, ask('99900021'))).kind).toBe('stale');
  expect((await refreshBalance(world.deps, ask('99900021', { cause: 'charge' }))).kind).toBe('fresh');
  expect(requests()).toBe(4);
});

test('a failure keeps the old balance, marks it stale once, and names the settings to look at', async () => {
  await world.addAccount(BID, '99900036');
  await refreshBalance(world.deps, ask('99900036'));
  world.sandbox.faults.add({ operation: 'balance', count: 2, effect: { kind: 'html', status: 200 } });
  const first = await refreshBalance(world.deps, ask('99900036'));
  expect(first).toMatchObject({
    kind: 'stale',
    reason: 'not-understood',
    settings: [8],
    balance: { currentDueCents: 0, isStale: true, staleReason: 'not-understood' },
    isSuppressed: false,
  });
  expect(first.kind === 'stale' && first.sentence).toMatch(/Look at Advanced Setting 8\.$/);
  await refreshBalance(world.deps, ask('99900036'));
  const again = await refreshBalance(world.deps, ask('99900036'));
  expect(again).toMatchObject({ kind: 'fresh', balance: { isStale: false, staleReason: null } });
});

test('an account the partner does not know is an error of that account alone', async () => {
  await world.addAccount(BID, '99900020');
  expect(await refreshBalance(world.deps, ask('99900020'))).toMatchObject({
    kind: 'stale',
    reason: 'unknown-account',
    balance: undefined,
    settings: [8],
  });
});

test('a refused login names the user, the password and the sign-in', async () => {
  await world.addBiller(2990, { texts: { 10: 'wrong' } });
  await world.addAccount(2990, '99900001');
  const result = await refreshBalance(world.deps, ask('99900001', { bid: 2990 }));
  expect(result).toMatchObject({ kind: 'stale', reason: 'login-refused', settings: [9, 10, 88] });
});

test.each([
  ['99900025', false, true],
  ['99900026', true, false],
  ['99900027', true, true],
  ['99900001', false, false],
  ['99900029', false, false],
])('with setting 131 on, %s has ACH blocked: %s and CC blocked: %s', async (policy, ach, cc) => {
  await world.addAccount(2985, policy);
  await refreshBalance(world.deps, ask(policy, { bid: 2985 }));
  expect(await stored(policy, 2985)).toMatchObject({ blockAch: ach, blockCc: cc });
});

test('payment_types left out changes no flag, and with 131 off the answer never touches them', async () => {
  await world.addAccount(2985, '99900028');
  await world.deps.database.withBiller(2985, (tx) =>
    tx.updateTable('account').set({ block_cc: true }).where('account_number', '=', '99900028').execute(),
  );
  await refreshBalance(world.deps, ask('99900028', { bid: 2985 }));
  expect(await stored('99900028', 2985)).toMatchObject({ blockAch: false, blockCc: true });
  await world.addAccount(BID, '99900027');
  await refreshBalance(world.deps, ask('99900027'));
  expect(await stored('99900027')).toMatchObject({ blockAch: false, blockCc: false });
});

test('where Real Time Data Refresh is off, nobody is asked', async () => {
  const base = await world.deps.billers.load(BID);
  if (!base) throw new Error('no biller');
  await world.addBiller(2991, {
    configuration: { invoicing: { ...base.configuration.invoicing, realTimeDataRefresh: false } },
  });
  await world.addAccount(2991, '99900001');
  expect(await refreshBalance(world.deps, ask('99900001', { bid: 2991 }))).toStrictEqual({
    kind: 'off',
    balance: undefined,
  });
  expect(requests()).toBe(0);
});

test('under MULTIENVIRONMENT the latest invoice’s type chooses the environment', async () => {
  const two = world.sandbox.urls('3402').url;
  const pair = `${world.sandbox.url}|${two}`;
  const base = await world.deps.billers.load(BID);
  const [type] = base?.configuration.invoiceTypes ?? [];
  if (!type) throw new Error('no invoice type');
  await world.addBiller(2992, {
    texts: {
      81: 'MULTIENVIRONMENT',
      8: pair,
      11: pair,
      20: pair,
      88: `${world.sandbox.authUrl}|${world.sandbox.urls('3402').authUrl}`,
    },
    configuration: {
      invoiceTypes: [
        { ...type, id: '1', environment: 1 },
        { ...type, id: '2', environment: 2 },
      ],
    },
  });
  world.sandbox.load('3402', [{ policyNumber: '555', currentDueCents: 999 }]);
  await world.addAccount(2992, '555', [
    { date: '2026-01-01', typeId: '1' },
    { date: '2026-02-01', typeId: '2' },
  ]);
  expect(await refreshBalance(world.deps, ask('555', { bid: 2992 }))).toMatchObject({
    kind: 'fresh',
    balance: { currentDueCents: 999 },
  });
  await world.addAccount(2992, '556', []);
  expect(await refreshBalance(world.deps, ask('556', { bid: 2992 }))).toMatchObject({
    kind: 'stale',
    reason: 'not-configured',
  });
});

test('suppress stale balances is told with the balance, and on every read of it', async () => {
  const base = await world.deps.billers.load(BID);
  if (!base) throw new Error('no biller');
  await world.addBiller(2993, {
    configuration: { invoicing: { ...base.configuration.invoicing, suppressStaleBalances: true } },
  });
  await world.addAccount(2993, '99900033');
  expect(await refreshBalance(world.deps, ask('99900033', { bid: 2993 }))).toMatchObject({
    kind: 'stale',
    isSuppressed: true,
    reason: 'partner-error',
  });
});

test('balance, flags and record are kept together or not at all', async () => {
  await world.addAccount(2985, '99900032');
  const owner = new pg.Client({ connectionString: world.deps.database.url });
  await owner.connect();
  await owner.query(`create function stop_record() returns trigger language plpgsql as $$ begin raise exception 'stopped'; end $$;
    create trigger stop_record before insert on balance_refresh for each row when (new.account_number = '99900032') execute function stop_record()`);
  world.sandbox.faults.add({ operation: 'balance', effect: { kind: 'set-field', field: 'payment_types', value: [] } });
  const before = await stored('99900032', 2985);
  await expect(refreshBalance(world.deps, ask('99900032', { bid: 2985 }))).rejects.toThrow('stopped');
  expect(await stored('99900032', 2985)).toStrictEqual(before);
  await owner.query('drop trigger stop_record on balance_refresh');
  await owner.end();
  await refreshBalance(world.deps, ask('99900032', { bid: 2985 }));
  expect(await stored('99900032', 2985)).toMatchObject({
    blockAch: true,
    blockCc: true,
    balance: { currentDueCents: 12_840 },
  });
});

/** The same parts, told of each statement that keeps a balance alone, and of each transaction. */
function watched(before: () => Promise<unknown>) {
  const { database } = world.deps;
  let transactions = 0;
  const deps = {
    ...world.deps,
    database: {
      ...database,
      withBiller: ((bid, act) => {
        transactions += 1;
        return database.withBiller(bid, act);
      }) as typeof database.withBiller,
      writeKeyed: (async (bid, statement, row) => {
        await before();
        return database.writeKeyed(bid, statement, row);
      }) as typeof database.writeKeyed,
    },
  };
  return { deps, transactions: () => transactions };
}
const records = (accountNumber: string, bid = BID) =>
  world.deps.database.withBiller(bid, (tx) => listRefreshes(tx, { bid, accountNumber, before: undefined, limit: 5 }));

test('a refresh that brings nothing but the balance opens no transaction, and keeps balance and record all the same', async () => {
  await world.addAccount(BID, '99900002');
  await refreshBalance(world.deps, ask('99900002'));
  world.clock.advance(1_000);
  world.sandbox.faults.add({
    operation: 'balance',
    effect: { kind: 'set-field', field: 'current_due', value: '77.10' },
  });
  const { deps, transactions } = watched(async () => undefined);
  const result = await refreshBalance(deps, ask('99900002', { cause: 'view' }));
  expect(result).toMatchObject({ kind: 'fresh', balance: { currentDueCents: 7_710, asOf: world.clock.now() } });
  expect(transactions()).toBe(0);
  expect((await stored('99900002'))?.balance).toStrictEqual(result.balance);
  expect(await records('99900002')).toMatchObject([
    { cause: 'view', outcome: 'fresh', currentDueCents: 7_710 },
    { cause: 'api', outcome: 'fresh' },
  ]);
});

test('flags set while the partner was asked are still made what it says', async () => {
  await world.addAccount(2985, '99900003');
  await refreshBalance(world.deps, ask('99900003', { bid: 2985 }));
  const { deps, transactions } = watched(() =>
    world.deps.database.withBiller(2985, (tx) =>
      setBlockFlags(tx, 2985, '99900003', { ach: true, cc: true, reason: 'staff' }),
    ),
  );
  expect(await refreshBalance(deps, ask('99900003', { bid: 2985 }))).toMatchObject({ kind: 'fresh' });
  expect(transactions()).toBe(1);
  expect(await stored('99900003', 2985)).toMatchObject({ blockAch: false, blockCc: false, blockReason: null });
  expect(await records('99900003', 2985)).toHaveLength(2);
});

test('a balance told later to another process stays, and the refresh it overtook is recorded once', async () => {
  await world.addAccount(BID, '99900007');
  await refreshBalance(world.deps, ask('99900007'));
  const { deps } = watched(async () => {
    const owner = new pg.Client({ connectionString: world.deps.database.url });
    await owner.connect();
    await owner.query(`update balance set current_due_cents = 1, as_of = as_of + interval '1 hour', version = version + 1
      where bid = ${BID} and account_number = '99900007'`);
    await owner.end();
  });
  expect(await refreshBalance(deps, ask('99900007'))).toMatchObject({ balance: { currentDueCents: 1 } });
  expect((await stored('99900007'))?.balance?.currentDueCents).toBe(1);
  expect(await records('99900007')).toHaveLength(2);
});

test('an account of another biller is not found, even under its own number', async () => {
  await expect(refreshBalance(world.deps, ask('20240903', { bid: 2985 }))).rejects.toMatchObject({
    code: 'unknown-account',
  });
  expect(await world.deps.database.withBiller(2985, (tx) => readBalance(tx, BID, '20240903'))).toBeUndefined();
});

test('the API reads an account and its balance, refreshes it, and lists the history by pages', async () => {
  await world.addAccount(BID, '99900030');
  const credential = {
    kind: 'credential',
    bid: BID,
    credentialId: 'c',
    name: 'portal',
    scopes: ['accounts:read', 'balances:refresh'],
  } as const;
  const app = await withFrontDoor(world.deps, credential, (front) => registerBalancesRoutes(front, world.deps));
  const base = `/api/v1/billers/${BID}/accounts/99900030`;
  expect((await app.inject({ url: base })).json()).toMatchObject({ accountNumber: '99900030', balance: null });
  expect((await app.inject({ url: `${base}/balance` })).json()).toMatchObject({ code: 'no-balance-yet', status: 404 });
  const refreshed = await app.inject({ method: 'POST', url: `${base}/refresh` });
  expect(refreshed.json()).toMatchObject({
    outcome: 'fresh',
    balance: { currentDueCents: 12_840, isSuppressed: false },
    blockAch: false,
  });
  expect((await app.inject({ method: 'POST', url: `${base}/refresh?maxAgeSeconds=60` })).json()).toMatchObject({
    outcome: 'kept',
  });
  expect((await app.inject({ url: `${base}/balance` })).json()).toMatchObject({
    currentDueCents: 12_840,
    isStale: false,
  });
  expect((await app.inject({ url: base })).json()).toMatchObject({
    customerName: 'SANDY SENTINEL',
    balance: { currentDueCents: 12_840 },
  });
  world.sandbox.faults.add({ operation: 'balance', count: 1, effect: { kind: 'status', status: 500 } });
  expect((await app.inject({ method: 'POST', url: `${base}/refresh` })).json()).toMatchObject({
    outcome: 'stale',
    reason: 'partner-error',
    settings: [8],
    balance: { isStale: true },
  });
  const page = (await app.inject({ url: `${base}/balance/history?limit=1` })).json() as {
    items: unknown[];
    nextCursor: string;
  };
  expect(page).toMatchObject({ items: [{ outcome: 'partner-error', cause: 'api' }], nextCursor: expect.any(String) });
  const next = (await app.inject({ url: `${base}/balance/history?limit=1&cursor=${page.nextCursor}` })).json();
  expect(next).toMatchObject({ items: [{ outcome: 'fresh' }], nextCursor: null });
  expect((await app.inject({ url: `/api/v1/billers/${BID}/accounts/nobody` })).statusCode).toBe(404);
  expect((await app.inject({ url: `/api/v1/billers/2985/accounts/99900001` })).statusCode).toBe(404);
  await app.close();
});
