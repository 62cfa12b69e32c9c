import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createCredential } from '../features/identities/index.ts';
import type { CrashPointName } from '../platform/crash-points.ts';
import { billsFile, fillWorld, policiesOf, TEST_BILLERS, type TestBiller } from './fill-world.ts';
import { type Program, until } from './processes.ts';
import { openWorld, type World } from './world.ts';

// An import that is killed leaves the old state; the job begins again; the same file again is the first upload.

const BILLS = 2_000;
/** The job queue takes a dead worker's job over after its heartbeat (10 s) and its pause before a retry. */
const DONE_LIMIT_MS = 300_000;
const POINTS: readonly CrashPointName[] = ['import-copied', 'import-merged', 'import-committed'];
const BILLER = TEST_BILLERS[0] as TestBiller;

let world: World;
let token = '';
beforeAll(async () => {
  world = await openWorld({ webs: 1, workers: 2 });
  await fillWorld(world, { often: 2, once: 2 });
  const by = { kind: 'program', name: 'the crash tests' } as const;
  const scopes = ['invoices:write', 'invoices:read'] as const;
  token = (await createCredential(world.deps, { bid: BILLER.bid, name: 'upload', scopes: [...scopes], by })).token;
  await world.webs[0]?.start();
});
afterAll(() => world?.close());

for (const [n, point] of POINTS.entries()) {
  test(`an import killed at ${point} is all or nothing, and is done by the next worker`, async () => {
    const [dying, next] = world.workers as [Program, Program];
    await Promise.all([dying.kill(), next.kill()]);
    const before = await countBills();
    await dying.start({ CRASH_AT: point });
    const file = billsFile(BILLER, { policies: policiesOf(BILLER, BILLS), daysAgo: 40 + n });
    const sent = await upload(file);
    await until(() => !dying.isRunning(), {
      limitMs: DONE_LIMIT_MS,
      why: () => `never came to ${point}\n${dying.words()}`,
    });
    const isDone = point === 'import-committed';
    expect(await countBills()).toBe(before + (isDone ? BILLS : 0));
    await next.start();
    const tookMs = await until(async () => (await readRun(sent.id)).state === 'loaded', {
      limitMs: DONE_LIMIT_MS,
      everyMs: 200,
      why: async () => `still ${(await readRun(sent.id)).state}\n${next.words()}`,
    });
    expect(await readRun(sent.id)).toMatchObject({ invoices: { accepted: BILLS, refused: 0 } });
    expect(await countBills()).toBe(before + BILLS);
    expect(await upload(file)).toMatchObject({ id: sent.id, state: 'loaded' });
    expect(await countBills()).toBe(before + BILLS);
    console.log(`import killed at ${point}: loaded ${Math.round(tookMs)} ms after the next worker was ready`);
  });
}

interface FileRun {
  readonly id: string;
  readonly state: string;
  readonly invoices: { readonly accepted: number; readonly refused: number };
}

const filesUrl = () => `${world.webs[0]?.url}/api/v1/billers/${BILLER.bid}/invoice-files`;

async function upload(bif: string): Promise<FileRun> {
  const answer = await fetch(`${filesUrl()}?name=bills.bif`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'text/plain; charset=utf-8' },
    body: bif,
  });
  expect([200, 201, 202]).toContain(answer.status);
  return (await answer.json()) as FileRun;
}

async function readRun(id: string): Promise<FileRun> {
  const answer = await fetch(`${filesUrl()}/${id}`, { headers: { authorization: `Bearer ${token}` } });
  expect(answer.status).toBe(200);
  return (await answer.json()) as FileRun;
}

async function countBills(): Promise<number> {
  const { rows } = await world.deps.database.withSystem((tx) =>
    sql<{ n: number }>`select count(*)::bigint as n from invoice where bid = ${BILLER.bid}`.execute(tx),
  );
  return rows[0]?.n ?? 0;
}
