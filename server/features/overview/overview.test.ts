import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Permission } from '../../platform/access.ts';
import { openWorkItem } from '../../platform/work-items.ts';
import { withTestApp } from '../../testing/app.ts';
import { createBiller } from '../billers/index.ts';
import { createStaffUser } from '../identities/index.ts';
import { readWanted, searchEverything } from './search-everything.ts';

type TestApp = Awaited<ReturnType<typeof withTestApp>>;
let test_: TestApp;
const ALL: ReadonlySet<Permission> = new Set<Permission>([
  'billers:read',
  'accounts:read',
  'invoices:read',
  'payments:read',
  'deliveries:read',
]);
const BY = { kind: 'program', name: 'test' } as const;
const PASSWORD = 'a long enough password';

beforeAll(async () => {
  test_ = await withTestApp();
  const { deps } = test_;
  for (const [bid, name] of [
    [11, 'Alder Mutual'],
    [12, 'Birch Mutual'],
  ] as const) {
    await createBiller(deps, { bid, name, by: BY });
    await deps.database.withBiller(bid, async (tx) => {
      await tx
        .insertInto('account')
        .values({ bid, account_number: `00${bid}77`, customer_name: 'MARA JONES', email: `mara@${bid}.example` })
        .execute();
      await openWorkItem(tx, {
        bid,
        kind: 'delivery-held',
        subject: 'delivery/1',
        sentence: `Look at biller ${bid}.`,
        at: deps.clock.now(),
      });
    });
  }
});
afterAll(async () => {
  await test_.close();
});

/** Headers of a person who is signed in with this role. */
async function signIn(role: string, bid: number | null): Promise<Record<string, string>> {
  const { app, deps } = test_;
  const email = `${role.replaceAll(' ', '-')}-${bid ?? 'all'}@test.example`;
  const invitation = await createStaffUser(deps, { email, name: role, roles: [role], bid, by: BY });
  const token = invitation.link.split('#')[1];
  await app.inject({ method: 'POST', url: '/api/v1/invitations/accept', payload: { token, password: PASSWORD } });
  const answer = await app.inject({ method: 'POST', url: '/api/v1/session', payload: { email, password: PASSWORD } });
  const cookie = String(answer.headers['set-cookie']).split(';')[0] ?? '';
  return { cookie, 'x-csrf-token': answer.json().csrfToken };
}

describe('what staff see first', () => {
  test('Causeway’s staff see the items of every biller, or of the one they choose', async () => {
    const headers = await signIn('administrator', null);
    const all = await test_.app.inject({ url: '/api/v1/overview', headers });
    expect([all.statusCode, all.json().needs.workItems]).toEqual([200, 2]);
    const one = await test_.app.inject({ url: '/api/v1/overview?bid=11', headers });
    expect(one.json().needs.workItems).toBe(1);
    const items = await test_.app.inject({ url: '/api/v1/work-items?limit=1', headers });
    expect(items.json().items).toHaveLength(1);
    const next = await test_.app.inject({
      url: `/api/v1/work-items?limit=1&cursor=${items.json().nextCursor}`,
      headers,
    });
    expect(next.json().items[0].bid).not.toBe(items.json().items[0].bid);
  });

  test('a biller’s own staff see theirs alone, and a foreign biller is not found', async () => {
    const headers = await signIn('csr', 12);
    const own = await test_.app.inject({ url: '/api/v1/work-items', headers });
    expect(own.json().items.map((item: { bid: number }) => item.bid)).toEqual([12]);
    const found = await test_.app.inject({ url: '/api/v1/search?q=mara', headers });
    expect(found.json().items.map((hit: { bid: number }) => hit.bid)).toEqual([12]);
    for (const path of ['overview', 'work-items', 'search?q=mara&']) {
      const foreign = await test_.app.inject({ url: `/api/v1/${path}${path.includes('?') ? '' : '?'}bid=11`, headers });
      expect(foreign.statusCode).toBe(404);
    }
  });

  test('closing an item needs the right, keeps who did it, and can be done once', async () => {
    const csr = await signIn('csr', 11);
    const operator = await signIn('operator', null);
    const [item] = (await test_.app.inject({ url: '/api/v1/work-items?bid=11', headers: operator })).json().items;
    const close = (headers: Record<string, string>) =>
      test_.app.inject({
        method: 'POST',
        url: `/api/v1/billers/11/work-items/${item.id}/close`,
        headers,
        payload: { reason: 'the insurer was called' },
      });
    expect((await close(csr)).statusCode).toBe(403);
    expect((await close(operator)).statusCode).toBe(200);
    expect((await close(operator)).statusCode).toBe(409);
    const closed = await test_.app.inject({ url: '/api/v1/work-items?bid=11&state=closed', headers: operator });
    expect(closed.json().items[0].closedBy).toBe('operator-all@test.example');
  });
});

describe('the audit', () => {
  test('shows a biller’s acts page by page, of one subject or several; it needs the right, and never shows a foreign biller', async () => {
    const ask = async (query: string, headers: Record<string, string>) =>
      test_.app.inject({ url: `/api/v1/billers/${query}`, headers });
    const everyone = await signIn('solution architect', null);
    const first = await ask('11/audit?limit=1', everyone);
    expect(first.json().items).toMatchObject([{ act: 'work-item.closed', reason: 'the insurer was called' }]);
    const next = await ask(`11/audit?limit=1&beforeSeq=${first.json().nextCursor}`, everyone);
    expect(next.json()).toMatchObject({ items: [{ act: 'biller.created', subject: 'biller/11' }], nextCursor: null });
    const one = await ask('11/audit?subject=biller/11', everyone);
    expect(one.json().items.map((event: { act: string }) => event.act)).toEqual(['biller.created']);
    const several = await ask(`11/audit?subject=biller/11&subject=${first.json().items[0].subject}`, everyone);
    expect(several.json().items).toHaveLength(2);
    expect((await ask('12/audit', await signIn('billing manager', 12))).statusCode).toBe(403);
    expect((await ask('11/audit', await signIn('biller admin', 12))).statusCode).toBe(404);
  });
});

describe('search', () => {
  const search = (q: string, permissions = ALL) =>
    test_.deps.database.withSystem((tx) => searchEverything(tx, { q, permissions }));

  test('a biller by number or name, an account by number, name or email; what is met exactly comes first', async () => {
    expect((await search('12'))[0]).toMatchObject({ kind: 'biller', bid: 12, isExact: true });
    expect((await search('alder'))[0]).toMatchObject({ kind: 'biller', bid: 11 });
    expect((await search('001177'))[0]).toMatchObject({ kind: 'account', id: '001177', isExact: true });
    expect(await search('mara@12.example')).toMatchObject([{ kind: 'account', bid: 12, isExact: true }]);
    expect((await search('MARA J')).map((hit) => hit.bid).sort()).toEqual([11, 12]);
  });

  test('signs of a pattern are taken as they are', async () => {
    expect(await search('%')).toEqual([]);
    expect(await search('00_177')).toEqual([]);
  });

  test('what the reader may not see is not looked for', async () => {
    expect(await search('mara', new Set(['billers:read']))).toEqual([]);
  });

  test('what comes along when people copy is taken away', () => {
    expect(readWanted(' Payment #1003. ')).toMatchObject({ text: '1003', number: 1003 });
    expect(readWanted('“71000012”').text).toBe('71000012');
  });
});
