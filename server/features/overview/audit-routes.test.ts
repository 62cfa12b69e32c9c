import { afterAll, beforeAll, expect, test } from 'vitest';
import { recordAudit } from '../../platform/audit.ts';
import { withTestApp } from '../../testing/app.ts';
import { type StaffHeaders, signInAs } from '../../testing/staff.ts';
import { verifyAudits } from './verify-audit.ts';

let rig: Awaited<ReturnType<typeof withTestApp>>;
let admin: StaffHeaders;
let own: StaffHeaders;

beforeAll(async () => {
  rig = await withTestApp();
  admin = await signInAs(rig.app, rig.deps, { role: 'administrator' });
  for (const bid of [2984, 77])
    await rig.app.inject({ method: 'POST', url: '/api/v1/billers', headers: admin, payload: { bid, name: `B${bid}` } });
  own = await signInAs(rig.app, rig.deps, { role: 'biller admin', bid: 2984 });
  await rig.deps.database.withSystem(async (tx) => {
    for (let n = 1; n <= 700; n += 1)
      await recordAudit(tx, {
        at: rig.clock.now().add({ seconds: n }),
        bid: n % 7 === 0 ? 77 : 2984,
        actorKind: 'staff',
        actor: n % 2 === 0 ? 'ann@example.com' : '=HYPERLINK("http://x")',
        act: n % 3 === 0 ? 'delivery.note' : 'payment.void-asked',
        subject: `payment/${n}`,
        reason: n === 30 ? 'said 100%_sure, "quoted"\r\nline' : null,
        detail: { n },
      });
  });
});
afterAll(() => rig?.close());

async function get(path: string, headers: Record<string, string> = admin) {
  const answer = await rig.app.inject({ url: `/api/v1${path}`, headers });
  const isJson = String(answer.headers['content-type']).includes('json;') && !path.includes('export');
  return { status: answer.statusCode, body: isJson ? answer.json() : answer.body, headers: answer.headers };
}

test('the acts of a biller are filtered by who, what, to what, text and time, and paged', async () => {
  const at = '/billers/2984/audit';
  const subjects = (answer: { body: { items: { subject: string }[] } }) => answer.body.items.map((one) => one.subject);
  expect(subjects(await get(`${at}?q=${encodeURIComponent('100%_SURE')}`))).toEqual(['payment/30']);
  expect(subjects(await get(`${at}?q=%25`))).toEqual(['payment/30']);
  expect(subjects(await get(`${at}?subject=payment/2&subject=payment/4`))).toEqual(['payment/4', 'payment/2']);
  for (const event of (await get(`${at}?actor=ANN&act=delivery&limit=200`)).body.items)
    expect(event).toMatchObject({ actor: 'ann@example.com', act: 'delivery.note' });
  expect((await get(`${at}?act=deliver`)).body.items).toEqual([]);
  const from = rig.clock.now().add({ seconds: 10 }).toString();
  const to = rig.clock.now().add({ seconds: 13 }).toString();
  expect(subjects(await get(`${at}?from=${from}&to=${to}`))).toEqual(['payment/12', 'payment/11', 'payment/10']);
  expect((await get(`${at}?from=yesterday`)).status).toBe(400);
  const seen: string[] = [];
  for (let cursor = ''; ; ) {
    const page = await get(`${at}?act=delivery&limit=90${cursor && `&beforeSeq=${cursor}`}`);
    seen.push(...subjects(page));
    if (page.body.nextCursor === null) break;
    cursor = page.body.nextCursor;
  }
  expect(new Set(seen).size).toBe(seen.length);
  expect(seen).toHaveLength(200);
});

test('Causeway’s own staff see every chain in one timeline; a biller’s staff see their own alone', async () => {
  const seen: { chain: string; seq: number }[] = [];
  for (let cursor = ''; ; ) {
    const page = await get(`/audit?limit=200${cursor && `&cursor=${cursor}`}`);
    seen.push(...page.body.items);
    if (page.body.nextCursor === null) break;
    cursor = page.body.nextCursor;
  }
  expect(new Set(seen.map((one) => one.chain))).toEqual(new Set(['system', '2984', '77']));
  expect(new Set(seen.map((one) => `${one.chain}/${one.seq}`)).size).toBe(seen.length);
  const system = await get('/audit?chain=system&limit=2');
  expect(system.body.items.map((one: { chain: string }) => one.chain)).toEqual(['system', 'system']);
  expect((await get(`/audit?chain=system&limit=2&cursor=${system.body.nextCursor}`)).body.items[0].seq).toBeLessThan(
    system.body.items[1].seq,
  );
  for (const path of [
    '/audit',
    '/audit/export',
    '/audit/checkpoint',
    '/audit/verification',
    '/billers/77/audit/export',
  ])
    expect((await get(path, own)).status, path).toBeGreaterThanOrEqual(403);
  expect((await get('/billers/2984/audit', own)).status).toBe(200);
});

test('an export has every event that fits, as CSV no spreadsheet runs, or as JSON Lines with the hashes', async () => {
  const csv = await get('/billers/2984/audit/export');
  expect(csv.headers['content-disposition']).toMatch(/attachment; filename="audit-2984-\d{4}-\d\d-\d\d\.csv"/);
  const lines = csv.body.split('\r\n');
  expect(lines[0]).toBe('chain,seq,at,actorKind,actor,act,subject,reason,detail,hash');
  expect(csv.body).toContain(`,"'=HYPERLINK(""http://x"")",`);
  expect(csv.body).not.toMatch(/(^|,)"?=HYPER/m);
  const all = await get('/audit/export?format=jsonl');
  const events = all.body
    .trimEnd()
    .split('\n')
    .map((line: string) => JSON.parse(line));
  expect(events.filter((one: { chain: string }) => one.chain === '77')).toHaveLength(101);
  expect(events[0]).toMatchObject({ hash: expect.stringMatching(/^[0-9a-f]{64}$/) });
  const notes = await get('/audit/export?format=jsonl&act=delivery.note&q=payment/30');
  expect(notes.body.trimEnd().split('\n')).toHaveLength(5);
});

test('a tampered chain becomes a work item of its biller and a mark, and is over once it is whole again', async () => {
  const checkpoint = (await get('/audit/checkpoint')).body;
  const verify = async (body: object) => {
    const answer = await rig.app.inject({
      method: 'POST',
      url: '/api/v1/audit/verification',
      headers: admin,
      payload: body,
    });
    return answer.json();
  };
  expect(await verify({ checkpoint })).toMatchObject({ last: { isSound: true, againstCheckpointOf: checkpoint.at } });
  expect(await verify({ checkpoint: { ...checkpoint, chains: [] } })).toMatchObject({ code: 'checkpoint-damaged' });
  const client = await rig.deps.database.connect('tampering');
  const change = (actor: string) =>
    client.query(`reset role; set role none; set session_replication_role = replica;
      update audit_event set actor = '${actor}' where chain = '2984' and seq = 5`);
  const before = (await get('/billers/2984/audit?beforeSeq=6&limit=1')).body.items[0].actor;
  await change('mallory');
  expect(await verifyAudits(rig.deps, {})).toMatchObject({
    isSound: false,
    faults: ['In biller 2984’s chain entry 5 was changed after it was written.'],
  });
  const open = await get('/work-items?kind=audit-broken');
  expect(open.body.items).toMatchObject([{ bid: 2984, subject: 'audit/2984' }]);
  expect((await get('/audit/verification')).body.last).toMatchObject({ isSound: false, faults: [expect.any(String)] });
  await change(before);
  await client.end();
  expect(await verify({})).toMatchObject({ last: { isSound: true } });
  expect((await get('/work-items?kind=audit-broken')).body.items).toEqual([]);
});
