import { type SpawnSyncReturns, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { resumeLane } from '../features/deliveries/index.ts';
import { acceptInvitation, createCredential, createPasswords, createStaffUser } from '../features/identities/index.ts';
import { takePayment } from '../features/payments/index.ts';
import { verifyAllChains } from '../platform/audit-checkpoint.ts';
import type { Manifest } from '../platform/backup/backup-manifest.ts';
import { createBackup } from '../platform/backup/create-backup.ts';
import { placeBackup } from '../platform/backup/place-backup.ts';
import { systemClock } from '../platform/clock.ts';
import { readConfig } from '../platform/config.ts';
import { startEmbeddedPostgres } from '../platform/embedded-postgres.ts';
import { systemTimers } from '../platform/timers.ts';
import { VERSION } from '../version.ts';
import { actOnDelivery } from './act-on-delivery.ts';
import { fillWorld, TEST_BILLERS, type TestAccounts } from './fill-world.ts';
import { describeLoad, startLoad } from './load.ts';
import { freePort, inherited, pause, program, until } from './processes.ts';
import { untilQuiet } from './settle-world.ts';
import { openHere, openWorld, type World } from './world.ts';

const CLI = path.join(import.meta.dirname, '..', '..', 'cli', 'main.ts');
const SAMPLE_MS = 20;
const LIMIT_MS = 600_000;

let world: World;
let accounts: TestAccounts;
const closers: (() => Promise<void>)[] = [];
beforeAll(async () => {
  world = await openWorld({ webs: 1, workers: 1 });
  accounts = await fillWorld(world, { often: 60, once: 300 });
});
afterAll(async () => {
  for (const close of closers.toReversed()) await close().catch((cause: unknown) => console.error('closing:', cause));
  await world?.close();
});

/** The command line, as the operator of the machine types it. */
function causeway(
  args: readonly string[],
  environment: Readonly<Record<string, string>> = {},
): Promise<Pick<SpawnSyncReturns<string>, 'status' | 'stdout' | 'stderr'>> {
  return new Promise((resolve, reject) => {
    const { CAUSEWAY_ROLES: _roles, ...given } = { ...world.environment, ...environment };
    const child = spawn(process.execPath, [CLI, ...args], { env: { ...inherited(), ...given } });
    let stdout = '';
    let stderr = '';
    child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
    child.on('error', reject);
    child.on('close', (status) => resolve({ status, stdout, stderr }));
  });
}

/** A payment whose payer is on the processor's page: begun, not taken. */
async function beginPayment(at: number): Promise<{ checkoutId: string; paymentId: number }> {
  const account = accounts.once.at(-1 - at);
  if (!account) throw new Error('no account');
  const balance = await world.deps.database.withBiller(account.biller.bid, (tx) =>
    tx
      .selectFrom('balance')
      .select('current_due_cents')
      .where('account_number', '=', account.accountNumber)
      .executeTakeFirst(),
  );
  const ask = (balanceSeenCents: number) =>
    takePayment(world.deps, {
      bid: account.biller.bid,
      accountNumber: account.accountNumber,
      method: 'CC',
      billAmountCents: 77_00 + at,
      feeSeenCents: 250,
      balanceSeenCents,
      source: 'CSR',
      locale: 'en',
      payer: { name: 'Pat Payer' },
      idempotencyKey: `backup-${at}-payment`,
    });
  const taken = await ask(Number(balance?.current_due_cents ?? 0)).catch(
    (cause: { details?: { nowCents?: unknown } }) => ask(Number(cause.details?.nowCents)),
  );
  const checkoutId = taken.next.kind === 'checkout' ? /\/pay\/([^/?]+)/.exec(taken.next.url)?.[1] : undefined;
  if (!checkoutId) throw new Error(`not begun: ${taken.payment.status}`);
  return { checkoutId, paymentId: taken.payment.paymentId };
}

interface Row {
  bid: number;
  id: number;
  payment_id: number;
  public_id: string;
  transaction_id: string;
  state: string;
  held_kind: string | null;
  version: number;
}

function deliveries(of: World): Promise<Row[]> {
  return of.deps.database.withSystem(async (tx) => {
    const { rows } =
      await sql<Row>`select d.bid, d.id, d.payment_id, p.public_id, d.transaction_id, d.state, d.held_kind, d.version
      from delivery d join payment p on p.bid = d.bid and p.payment_id = d.payment_id order by d.id`.execute(tx);
    return rows;
  });
}

const backup = () => path.join(world.folder, 'backup');
let manifest: Manifest;
let acknowledgedAtEnd: ReadonlySet<string> = new Set();
let begunEarly: Awaited<ReturnType<typeof beginPayment>>;
let postedByOldOne = 0;
/** A credential that is revoked and an invitation that is taken up after the backup. */
let credentialId = '';
let invitation = '';
const by = { kind: 'operator', name: 'test' } as const;

test('a backup is made while payments are taken and posted; what was paid and posted since is not in it', async () => {
  const programs = [...world.webs, ...world.workers];
  await Promise.all(programs.map((each) => each.start()));
  const load = startLoad(world, { accounts: { ...accounts, once: accounts.once.slice(0, -5) }, onPages: 2, direct: 1 });
  await until(() => load.figures.acknowledged.size > 5, { limitMs: LIMIT_MS, why: () => describeLoad(load.figures) });
  await until(async () => (await deliveries(world)).some((row) => row.state === 'posted'), {
    limitMs: LIMIT_MS,
    why: () => world.workers.map((each) => each.words()).join(),
  });
  // Nothing is posted for a while: much is queued in the backup that the old installation posts afterwards.
  await Promise.all(world.workers.map((each) => each.stop()));
  begunEarly = await beginPayment(0);
  await load.untilPaid(8);

  const bid = TEST_BILLERS[0]?.bid ?? 0;
  credentialId = (await createCredential(world.deps, { bid, scopes: ['invoices:write'], by })).id;
  const { link } = await createStaffUser(world.deps, {
    email: 'left@example.com',
    roles: ['project manager'],
    bid: null,
    by,
  });
  invitation = link.split('#')[1] ?? '';
  const seen: { at: string; ids: readonly string[] }[] = [];
  const sampling = setInterval(
    () => seen.push({ at: systemClock.now().toString(), ids: [...load.figures.acknowledged] }),
    SAMPLE_MS,
  );
  const made = await causeway(['backup', 'create', backup(), '--json']);
  clearInterval(sampling);
  expect(made, made.stderr).toMatchObject({ status: 0 });
  expect(made.stderr).toMatch(/Copying the database …[\s\S]*Reading it back …[\s\S]*master key is not in it/);
  manifest = JSON.parse(made.stdout);
  acknowledgedAtEnd = new Set(seen.findLast((one) => one.at <= manifest.finishedAt)?.ids);
  expect(acknowledgedAtEnd.size).toBeGreaterThan(3);

  await Promise.all(world.workers.map((each) => each.start()));
  await world.processor.pay(begunEarly.checkoutId, 'visa');
  await load.untilPaid(3);
  const figures = await load.stop();
  await until(async () => (await deliveries(world)).every((row) => row.state === 'posted'), {
    limitMs: LIMIT_MS,
    why: async () => JSON.stringify((await deliveries(world)).filter((row) => row.state !== 'posted').slice(0, 5)),
  });
  expect((await deliveries(world)).some((row) => row.payment_id === begunEarly.paymentId)).toBe(true);
  expect(figures.faults).toEqual([]);
  await Promise.all(programs.map((each) => each.kill()));
  const ledger = await world.imt.ledger({}, { limit: 1_000_000 });
  expect(ledger.doubleBooked).toEqual({});
  postedByOldOne = ledger.count;
  const mark = await world.deps.database.withSystem((tx) => tx.selectFrom('operation_mark').selectAll().execute());
  expect(mark).toMatchObject([{ kind: 'backup-created', detail: { files: manifest.files } }]);
});

test('a backup holds no master key, is for its owner alone, and refuses a folder where it would do harm', async () => {
  const key = world.environment.CAUSEWAY_MASTER_KEY ?? '';
  const raw = Buffer.from(key, 'base64');
  for (const entry of fs.readdirSync(backup(), { recursive: true, withFileTypes: true })) {
    const file = path.join(entry.parentPath, entry.name);
    expect(fs.statSync(file).mode & 0o077, file).toBe(0);
    if (!entry.isFile()) continue;
    const bytes = fs.readFileSync(file);
    expect(bytes.includes(raw) || bytes.includes(key), file).toBe(false);
  }
  const data = world.environment.CAUSEWAY_DATA ?? '';
  const refused = (target: string) =>
    createBackup({
      postgresFolder: path.join(data, 'postgres'),
      url: world.postgres.url,
      blobsFolder: path.join(data, 'blobs'),
      target,
      version: '0',
      masterKeyIds: [],
      now: () => systemClock.now(),
      progress: () => undefined,
    }).then(
      () => 'made',
      (cause: Error) => cause.message,
    );
  expect(await refused(backup())).toMatch(/is not empty/);
  expect(await refused(path.join(data, 'backup'))).toMatch(/belongs on another disk/);
  expect(await refused(path.join(world.folder, 'no', 'such'))).toMatch(/is not there\. Make it first/);
  const external = await causeway(['backup', 'create', path.join(world.folder, 'x')], {
    DATABASE_URL: world.postgres.url,
  });
  expect(external).toMatchObject({ status: 3 });
  expect(external.stderr).toMatch(/backed up with its own tools/);
  expect(fs.readdirSync(world.folder).filter((name) => name.includes('partial'))).toEqual([]);
});

test('a damaged backup, a wrong key, a newer version and a full folder are refused, and nothing is touched', async () => {
  const target = path.join(world.folder, 'refused');
  const attempt = async (harm: (folder: string) => void, environment: Record<string, string> = {}): Promise<string> => {
    const copy = path.join(world.folder, 'harmed');
    fs.cpSync(backup(), copy, { recursive: true });
    harm(copy);
    const config = readConfig({ ...world.environment, CAUSEWAY_DATA: target, ...environment }, 'optional');
    const said = await placeBackup(config, {
      folder: copy,
      version: VERSION,
      now: systemClock.now(),
      progress: () => undefined,
    }).then(
      () => 'restored',
      (cause: Error) => cause.message,
    );
    fs.rmSync(copy, { recursive: true });
    expect(fs.readdirSync(target)).toEqual([]);
    return said;
  };
  const edit = (folder: string, change: (manifest: Record<string, unknown>) => void) => {
    const file = path.join(folder, 'manifest.json');
    const read = JSON.parse(fs.readFileSync(file, 'utf8'));
    change(read);
    fs.writeFileSync(file, JSON.stringify(read));
  };
  const control = (folder: string) => path.join(folder, 'postgres/global/pg_control');
  const none = () => undefined;
  expect(await attempt((folder) => fs.truncateSync(control(folder), 100))).toMatch(/pg_control has 100 bytes/);
  expect(
    await attempt((folder) => {
      const bytes = fs.readFileSync(control(folder));
      bytes[40] = (bytes[40] ?? 0) ^ 1;
      fs.writeFileSync(control(folder), bytes);
    }),
  ).toMatch(/pg_control was changed/);
  expect(await attempt((folder) => fs.rmSync(path.join(folder, 'postgres/pg_wal', manifest.startWal)))).toMatch(
    /pg_wal\/[0-9A-F]{24} is missing/,
  );
  expect(await attempt((folder) => fs.writeFileSync(path.join(folder, 'postgres/planted.conf'), ''))).toMatch(
    /does not belong/,
  );
  expect(await attempt((folder) => fs.appendFileSync(path.join(folder, 'files.jsonl'), '\n'))).toMatch(
    /list of files .* is damaged/,
  );
  expect(await attempt((folder) => fs.rmSync(path.join(folder, 'manifest.json')))).toMatch(/is no backup/);
  expect(await attempt((folder) => edit(folder, (read) => (read.version = '99.0.0')))).toMatch(
    /is of Causeway 99\.0\.0/,
  );
  expect(await attempt((folder) => edit(folder, (read) => (read.format = 2)))).toMatch(/newer Causeway/);
  expect(await attempt((folder) => edit(folder, (read) => (read.migrations = ['9999-later.sql'])))).toMatch(
    /9999-later/,
  );
  expect(await attempt((folder) => edit(folder, (read) => (read.postgres = '17')))).toMatch(/PostgreSQL 17/);
  expect(await attempt(none, { CAUSEWAY_MASTER_KEY: randomBytes(32).toString('base64') })).toMatch(
    /master key does not fit/,
  );
  expect(await attempt(none, { DATABASE_URL: 'postgres://127.0.0.1:1/x' })).toMatch(/DATABASE_URL is set/);
  const running = readConfig(world.environment, 'optional');
  const told = placeBackup(running, {
    folder: backup(),
    version: VERSION,
    now: systemClock.now(),
    progress: () => undefined,
  });
  await expect(told).rejects.toThrow(/Causeway runs in/);
  expect((await causeway(['backup', 'verify', backup()])).status).toBe(0);
});

test('a restore brings back all that was there, holds what may be posted already, and posts nothing twice', async () => {
  const data = path.join(world.folder, 'restored');
  const restored = await causeway(['backup', 'restore', backup(), '--json'], { CAUSEWAY_DATA: data });
  expect(restored, restored.stderr).toMatchObject({ status: 0 });
  const told = JSON.parse(restored.stdout);
  expect(told.heldPayments).toBeGreaterThan(2);
  expect(told.untakenPayments).toBeGreaterThan(0);
  expect(told.linksEnded).toBe(1);
  const bid = TEST_BILLERS[0]?.bid ?? 0;
  expect(told.letIn.credentials).toContainEqual(expect.objectContaining({ bid, id: credentialId }));
  expect(told.letIn.people).toContainEqual(expect.objectContaining({ email: 'left@example.com' }));
  const postgres = await startEmbeddedPostgres({ folder: path.join(data, 'postgres'), timers: systemTimers });
  closers.push(async () => {
    const pid = postgres.pid();
    if (pid !== undefined) process.kill(pid, 'SIGQUIT');
  });
  const environment = { ...world.environment, CAUSEWAY_DATA: data };
  const here = await openHere({ environment, url: postgres.url, clock: systemClock });
  closers.push(here.close);
  const after: World = { ...world, deps: here.deps, postgres };

  // Before anything is started, who was shut out since the backup is shut out again.
  expect(await causeway(['credential', 'revoke', String(bid), credentialId], { CAUSEWAY_DATA: data })).toMatchObject({
    status: 0,
  });
  expect(await causeway(['user', 'disable', 'left@example.com'], { CAUSEWAY_DATA: data })).toMatchObject({ status: 0 });
  const passwords = createPasswords(here.deps.random);
  await expect(
    acceptInvitation({ ...here.deps, passwords }, { token: invitation, password: 'correct horse battery staple' }),
  ).rejects.toThrow(/invitation/i);

  const rows = await deliveries(after);
  const present = new Set(rows.map((row) => row.public_id));
  expect(
    [...acknowledgedAtEnd].filter((id) => !present.has(id)),
    'committed before the end of the backup, and lost',
  ).toEqual([]);
  expect(new Set(rows.map((row) => row.state))).toEqual(new Set(['posted', 'held']));
  expect(await verifyAllChains(here.deps)).toMatchObject({ isSound: true });
  const facts = await here.deps.database.withSystem(async (tx) => ({
    lanes: await tx.selectFrom('lane').select(['bid', 'id', 'paused_reason']).execute(),
    items: await tx
      .selectFrom('work_item')
      .select(['bid', 'kind', 'sentence'])
      .where('kind', '=', 'restored')
      .execute(),
  }));
  expect(facts.lanes.every((lane) => lane.paused_reason?.startsWith('restored from a backup'))).toBe(true);
  expect(facts.items.map((item) => item.bid).sort()).toEqual(TEST_BILLERS.map((biller) => biller.bid).sort());
  expect(facts.items[0]?.sentence).toMatch(/compare with the partner before resuming/);

  const port = await freePort();
  const run = (name: string, role: string) =>
    program(name, {
      script: 'server/crash-tests/crashing-main.ts',
      environment: { ...environment, CAUSEWAY_ROLES: role, CAUSEWAY_PORT: role === 'web' ? String(port) : '0' },
    });
  const programs = [run('restored web', 'web'), run('restored worker', 'worker')];
  closers.push(async () => void (await Promise.all(programs.map((each) => each.kill()))));
  for (const each of programs) await each.start();
  // Begun before the backup, paid and posted after it: the processor says it was taken; it must not be posted again.
  const early = async () => (await deliveries(after)).find((row) => row.payment_id === begunEarly.paymentId);
  await here.deps.database.withSystem((tx) =>
    sql`update payment set ask_again_at = now() where ask_again_at is not null`.execute(tx),
  );
  await until(async () => (await early()) !== undefined, { limitMs: LIMIT_MS, why: () => programs[1]?.words() ?? '' });
  expect(await early()).toMatchObject({ state: 'held', held_kind: 'restored' });

  for (const lane of facts.lanes)
    await resumeLane(here.deps, {
      bid: lane.bid,
      laneId: lane.id,
      reason: 'compared',
      by: { kind: 'staff', name: 'ann' },
    } as never);
  await pause(3_000);
  await untilQuiet(after);
  const ledger = await world.imt.ledger({}, { limit: 1_000_000 });
  expect([ledger.count, ledger.doubleBooked], 'posted by resuming alone').toEqual([postedByOldOne, {}]);

  let isThere = 0;
  for (const row of (await deliveries(after)).filter((each) => each.state === 'held')) {
    const { payments } = await world.imt.ledger({ transactionId: row.transaction_id });
    isThere += payments.length;
    await actOnDelivery(after, row, payments.length > 0 ? 'confirm-posted' : 'post-again');
  }
  await untilQuiet(after);
  const end = await world.imt.ledger({}, { limit: 1_000_000 });
  expect(end.doubleBooked).toEqual({});
  expect(isThere).toBeGreaterThan(2);
  const booked = new Set(end.payments.map((payment) => payment.transactionId));
  expect((await deliveries(after)).filter((row) => row.state !== 'posted' || !booked.has(row.transaction_id))).toEqual(
    [],
  );
  const highest = Math.max(...(await deliveries(world)).map((row) => row.payment_id));
  const next = await here.deps.database.withSystem((tx) =>
    sql<{ id: number }>`select nextval('payment_id_seq') as id`.execute(tx),
  );
  expect(next.rows[0]?.id).toBeGreaterThan(highest);
  console.log(
    `backup: ${manifest.files} files, ${Math.round(manifest.bytes / 1_048_576)} MB under load; restore held ${told.heldPayments}, of which ${isThere} were posted since; ${end.count} at the partner, none twice`,
  );
});

test('a restore that was cut short lets nothing start until it is finished', async () => {
  const data = path.join(world.folder, 'cut-short');
  const environment = { CAUSEWAY_DATA: data };
  const restored = await causeway(['backup', 'restore', backup()], environment);
  expect(restored, restored.stderr).toMatchObject({ status: 0 });
  const again = placeBackup(readConfig({ ...world.environment, ...environment }, 'optional'), {
    folder: backup(),
    version: VERSION,
    now: systemClock.now(),
    progress: () => undefined,
  });
  await expect(again).rejects.toThrow(/holds data already.*--over cut-short/);
  fs.writeFileSync(path.join(data, 'restore-unfinished.json'), '{}');
  const serve = await causeway(['serve'], { ...environment, CAUSEWAY_PORT: '0' });
  expect(serve.status).not.toBe(0);
  expect(serve.stderr).toMatch(/A restore into .* is not finished/);
  expect((await causeway(['backup', 'restored', '--yes'], environment)).stdout).toMatch(/Every lane is paused/);
  expect(fs.existsSync(path.join(data, 'restore-unfinished.json'))).toBe(false);
});

test('a database that another PostgreSQL’s own tools restored posts nothing once `backup restored` has run', async () => {
  const place = path.join(world.folder, 'other-server');
  const configured = readConfig({ ...world.environment, CAUSEWAY_DATA: place }, 'optional');
  await placeBackup(configured, {
    folder: backup(),
    version: VERSION,
    now: systemClock.now(),
    progress: () => undefined,
  });
  const server = await startEmbeddedPostgres({ folder: path.join(place, 'postgres'), timers: systemTimers });
  closers.push(async () => {
    const pid = server.pid();
    if (pid !== undefined) process.kill(pid, 'SIGQUIT');
  });
  const data = path.join(world.folder, 'beside-other-server');
  fs.cpSync(path.join(place, 'blobs'), path.join(data, 'blobs'), { recursive: true });
  const environment = { ...world.environment, CAUSEWAY_DATA: data, DATABASE_URL: server.url };

  const early = await openHere({ environment, url: server.url, clock: systemClock });
  await early.deps.database.ping();
  const used = await causeway(['backup', 'restored', '--yes'], environment);
  await early.close();
  expect(used).toMatchObject({ status: 3, stderr: expect.stringMatching(/Stop every process of it/) });
  const unasked = await causeway(['backup', 'restored', '--no-input'], environment);
  expect(unasked).toMatchObject({ status: 2, stderr: expect.stringMatching(/Nothing was changed/) });
  const wrongKey = { ...environment, CAUSEWAY_MASTER_KEY: randomBytes(32).toString('base64') };
  expect(await causeway(['backup', 'restored', '--yes'], wrongKey)).toMatchObject({ status: 3 });

  const restored = await causeway(['backup', 'restored', '--yes', '--json'], environment);
  expect(restored, restored.stderr).toMatchObject({ status: 0 });
  expect(JSON.parse(restored.stdout).heldPayments).toBeGreaterThan(2);
  expect(await causeway(['backup', 'restored', '--yes'], environment), 'it may be done again').toMatchObject({
    status: 0,
  });

  const before = (await world.imt.ledger({}, { limit: 1_000_000 })).count;
  const port = await freePort();
  const programs = ['web', 'worker'].map((role) =>
    program(`external ${role}`, {
      script: 'server/crash-tests/crashing-main.ts',
      environment: { ...environment, CAUSEWAY_ROLES: role, CAUSEWAY_PORT: role === 'web' ? String(port) : '0' },
    }),
  );
  closers.push(async () => void (await Promise.all(programs.map((each) => each.kill()))));
  for (const each of programs) await each.start();
  const here = await openHere({ environment, url: server.url, clock: systemClock });
  closers.push(here.close);
  const after: World = { ...world, deps: here.deps, postgres: server };
  expect((await fetch(`http://127.0.0.1:${port}/health/ready`)).status).toBe(200);
  const lanes = await here.deps.database.withSystem((tx) =>
    tx.selectFrom('lane').select(['bid', 'id', 'paused_reason']).execute(),
  );
  expect(lanes.every((lane) => lane.paused_reason?.startsWith('restored from a backup'))).toBe(true);
  for (const lane of lanes)
    await resumeLane(here.deps, { bid: lane.bid, laneId: lane.id, reason: 'compared', by } as never);
  await pause(3_000);
  await untilQuiet(after);
  expect(new Set((await deliveries(after)).map((row) => row.state))).toEqual(new Set(['posted', 'held']));
  const ledger = await world.imt.ledger({}, { limit: 1_000_000 });
  expect([ledger.count, ledger.doubleBooked], 'posted by resuming alone').toEqual([before, {}]);
  expect(await programs[1]?.stop()).toMatchObject({ code: 0 });
  expect(await programs[0]?.stop()).toMatchObject({ code: 0 });
  expect(server.pid(), 'the other server is nobody’s to stop').toBeDefined();
});
