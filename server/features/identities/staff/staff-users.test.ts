import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type StaffHeaders, signIn, signInAs, TEST_PASSWORD } from '../../../testing/staff.ts';
import { withStaffMail } from '../../../testing/staff-mail-rig.ts';
import { type Actor, createBiller } from '../../billers/index.ts';
import { createStaffUser, identitiesJobs, roles } from '../index.ts';
import { changeStaffUser } from './change-staff-user.ts';

let at: Awaited<ReturnType<typeof withStaffMail>>;
let admin: StaffHeaders;
let count = 0;
const by: Actor = { kind: 'operator', name: 'test' };

beforeAll(async () => {
  at = await withStaffMail();
  for (const bid of [1, 2]) await createBiller(at.deps, { bid, name: `Biller ${bid}`, by });
});
beforeEach(async () => {
  at.sent.length = 0;
  at.queued.length = 0;
  admin = await signInAs(at.app, at.deps, { role: 'administrator', email: `boss${++count}@example.com` });
});
afterAll(() => at.close());

const call = (method: 'GET' | 'POST' | 'PUT' | 'DELETE', url: string, headers: StaffHeaders, payload?: object) =>
  at.app.inject({ method, url: `/api/v1${url}`, headers, ...(payload && { payload }) });
const idOf = async (email: string): Promise<string> =>
  (
    await at.database.withSystem((tx) =>
      tx.selectFrom('staff_user').select('id').where('email', '=', email).executeTakeFirstOrThrow(),
    )
  ).id;
/** A user with a session, and their id. */
const person = async (role: string, bid?: number) => {
  const email = `${role.replaceAll(' ', '-')}${++count}@example.com`;
  const headers = await signInAs(at.app, at.deps, { role, email, ...(bid !== undefined && { bid }) });
  return { email, headers, id: await idOf(email) };
};
const change = (headers: StaffHeaders, id: string, body: { roles: string[]; expectedRoles: string[] }) =>
  call('PUT', `/staff-users/${id}`, headers, { name: 'Changed', ...body });

describe('an invitation by email', () => {
  test('goes to the person invited and to nobody else: not even the one who invites gets the link', async () => {
    const email = `new${count}@example.com`;
    const answer = await call('POST', '/staff-users', admin, { email, name: 'New', roles: ['operator'], bid: null });
    expect(answer.json()).toEqual({ userId: expect.any(String), email, link: null, expiresAt: null });
    await at.sendQueued();
    expect(at.sent).toMatchObject([{ to: email, subject: 'Your invitation to Causeway' }]);
    expect(at.sent[0]?.text).toContain(`boss${count}@example.com invites you`);
    const token = /#([A-Za-z0-9_-]{43})/.exec(at.sent[0]?.text ?? '')?.[1] ?? '';
    const shown = (await call('GET', `/staff-users/${answer.json().userId}`, admin)).json();
    expect(shown).toMatchObject({ state: 'invited', invitedUntil: expect.stringMatching(/^2026-11-25/) });
    const again = await call('POST', `/staff-users/${answer.json().userId}/invitation`, admin);
    expect(again.json().link).toBeNull();
    await at.sendQueued();
    const newer = /#([A-Za-z0-9_-]{43})/.exec(at.sent[1]?.text ?? '')?.[1] ?? '';
    const accept = (sent: string) =>
      at.app.inject({
        method: 'POST',
        url: '/api/v1/invitations/accept',
        payload: { token: sent, password: TEST_PASSWORD },
      });
    expect((await accept(token)).statusCode).toBe(410);
    expect((await accept(newer)).statusCode).toBe(200);
    expect((await call('GET', `/staff-users/${answer.json().userId}`, admin)).json()).toMatchObject({
      state: 'active',
      invitedUntil: null,
    });
  });

  test('is a link shown once where no mail is set up', async () => {
    const without = await withStaffMail({ CAUSEWAY_SMTP_URL: '' });
    const headers = await signInAs(without.app, without.deps, { role: 'administrator' });
    const answer = await without.app.inject({
      method: 'POST',
      url: '/api/v1/staff-users',
      headers,
      payload: { email: 'by-link@example.com', name: 'L', roles: ['operator'], bid: null },
    });
    expect(answer.json().link).toMatch(/accept-invitation#[A-Za-z0-9_-]{43}$/);
    expect(without.queued).toEqual([]);
    await without.close();
  });
});

describe('a user revoked in the middle of their work', () => {
  const save = (headers: StaffHeaders) =>
    call('POST', '/staff-users', headers, {
      email: `made${count}@example.com`,
      name: 'M',
      roles: ['operator'],
      bid: null,
    });
  const isMade = () =>
    at.database.withSystem((tx) =>
      tx.selectFrom('staff_user').select('id').where('email', '=', `made${count}@example.com`).executeTakeFirst(),
    );

  test('who was disabled is told so when saving, and nothing is changed', async () => {
    const { headers, id } = await person('administrator');
    expect((await call('GET', '/roles', headers)).statusCode).toBe(200);
    expect((await call('POST', `/staff-users/${id}/disable`, admin)).statusCode).toBe(204);
    expect((await save(headers)).json()).toMatchObject({ status: 401, code: 'session-disabled' });
    expect(await isMade()).toBeUndefined();
    expect((await call('GET', '/roles', headers)).json().title).toMatch(/was disabled.*Nothing was changed/s);
  });

  test('even where another process disabled them a moment ago and this one has them cached', async () => {
    const { headers, id } = await person('administrator');
    expect((await call('GET', '/roles', headers)).statusCode).toBe(200);
    await at.database.withSystem((tx) =>
      tx.updateTable('staff_user').set({ disabled_at: at.clock.now() }).where('id', '=', id).execute(),
    );
    expect((await save(headers)).json().code).toBe('session-disabled');
    expect(await isMade()).toBeUndefined();
  });

  test('who lost the role may not save any more, in the same session', async () => {
    const { headers, id } = await person('administrator');
    expect((await call('GET', '/roles', headers)).statusCode).toBe(200);
    const changed = await change(admin, id, { roles: ['solution architect'], expectedRoles: ['administrator'] });
    expect(changed.statusCode).toBe(204);
    expect((await save(headers)).json()).toMatchObject({ status: 403, code: 'not-allowed' });
    expect(await isMade()).toBeUndefined();
    expect((await call('GET', '/session', headers)).json().permissions).not.toContain('users:manage');
  });

  test('whose session was ended from another one is told so', async () => {
    const { headers, id } = await person('administrator');
    const { items } = (await call('GET', `/staff-users/${id}/sessions`, admin)).json();
    expect(items).toHaveLength(1);
    expect((await call('DELETE', `/staff-users/${id}/sessions/${items[0].id}`, admin)).statusCode).toBe(204);
    expect((await save(headers)).json()).toMatchObject({ status: 401, code: 'session-revoked' });
    expect(await isMade()).toBeUndefined();
    expect((await call('DELETE', `/staff-users/${id}/sessions/${items[0].id}`, admin)).statusCode).toBe(404);
  });
});

describe('one’s own sessions', () => {
  test('are listed with device, address and which one this is; one or all others are ended', async () => {
    const { email, headers } = await person('operator');
    const others = [
      await signIn(at.app, email, TEST_PASSWORD),
      await signIn(at.app, email, TEST_PASSWORD),
      await signIn(at.app, email, TEST_PASSWORD),
    ];
    const list = async () => (await call('GET', '/sessions', headers)).json().items;
    const items: { id: string; isThis: boolean }[] = await list();
    expect(items).toHaveLength(4);
    expect(items.filter((item) => item.isThis)).toHaveLength(1);
    expect(items[0]).toMatchObject({ device: expect.any(String), address: '127.0.0.1', provenBy: 'password' });
    const one = items.find((item) => !item.isThis)?.id;
    expect((await call('DELETE', `/sessions/${one}`, headers)).statusCode).toBe(204);
    expect(await list()).toHaveLength(3);
    expect((await call('POST', '/sessions/end-others', headers)).json()).toEqual({ sessionsEnded: 2 });
    expect(await list()).toMatchObject([{ isThis: true }]);
    for (const other of others) expect((await call('GET', '/session', other)).json().code).toBe('session-revoked');
  });

  test('are one’s own alone: another person’s session is not there', async () => {
    const [one, other] = [await person('operator'), await person('operator')];
    const [item] = (await call('GET', '/sessions', other.headers)).json().items;
    expect((await call('DELETE', `/sessions/${item.id}`, one.headers)).statusCode).toBe(404);
    expect((await call('GET', '/session', other.headers)).statusCode).toBe(200);
  });

  test('that are over are not listed', async () => {
    const { headers } = await person('operator');
    at.clock.advance(29 * 60_000);
    await call('GET', '/session', headers);
    const late = await person('operator');
    at.clock.advance(29 * 60_000);
    await call('GET', '/session', late.headers);
    expect((await call('GET', '/sessions', late.headers)).json().items).toHaveLength(1);
    expect((await call('GET', '/session', headers)).statusCode).toBe(200);
    at.clock.advance(2 * 60_000);
    expect((await call('GET', '/sessions', late.headers)).json().items).toHaveLength(1);
  });
});

describe('roles', () => {
  test('are given by nobody who lacks one of their rights', async () => {
    const owner = await person('biller admin', 1);
    const roles_ = (await call('GET', '/roles', owner.headers)).json().items;
    expect(roles_.map((role: { name: string; isYoursToGive: boolean }) => [role.name, role.isYoursToGive])).toEqual([
      ['biller admin', true],
      ['billing manager', true],
      ['csr', true],
    ]);
    const csr = await person('csr', 1);
    const raise = (role: string) => change(owner.headers, csr.id, { roles: [role], expectedRoles: ['csr'] });
    expect((await raise('administrator')).json().code).toBe('user-not-valid');
    expect((await raise('no such role')).json().code).toBe('user-not-valid');
    expect((await raise('billing manager')).statusCode).toBe(204);
    // Somebody mightier can't be changed, disabled, or given a new password by one who is less.
    await at.database.withSystem((tx) =>
      tx
        .updateTable('staff_user')
        .set({ roles: ['administrator'] })
        .where('id', '=', csr.id)
        .execute(),
    );
    for (const answer of [
      await change(owner.headers, csr.id, { roles: ['csr'], expectedRoles: ['administrator'] }),
      await call('POST', `/staff-users/${csr.id}/disable`, owner.headers),
      await call('POST', `/staff-users/${csr.id}/invitation`, owner.headers),
      await call('POST', `/staff-users/${csr.id}/sessions/end`, owner.headers),
    ])
      expect(answer.json()).toMatchObject({ status: 403, code: 'role-not-yours' });
  });

  test('of another biller’s people, or of Causeway’s, are not there for a biller’s admin', async () => {
    const owner = await person('biller admin', 1);
    for (const foreign of [await person('csr', 2), await person('operator')]) {
      for (const answer of [
        await call('GET', `/staff-users/${foreign.id}`, owner.headers),
        await call('GET', `/staff-users/${foreign.id}/history`, owner.headers),
        await call('GET', `/staff-users/${foreign.id}/sessions`, owner.headers),
        await change(owner.headers, foreign.id, { roles: ['csr'], expectedRoles: ['csr'] }),
        await call('POST', `/staff-users/${foreign.id}/enable`, owner.headers),
        await call('POST', `/staff-users/${foreign.id}/disable`, owner.headers),
      ])
        expect(answer.statusCode).toBe(404);
    }
  });

  test('are not changed by oneself, and not over somebody else’s change', async () => {
    const own = await person('administrator');
    const self = await change(own.headers, own.id, { roles: ['csr'], expectedRoles: ['administrator'] });
    expect(self.json().code).toBe('own-user');
    expect((await call('POST', `/staff-users/${own.id}/disable`, own.headers)).json().code).toBe('own-user');
    const other = await person('operator');
    expect((await change(admin, other.id, { roles: ['csr'], expectedRoles: ['csr'] })).json().code).toBe(
      'user-changed',
    );
  });

  test('ftp:write is a right of its own: who may change the configuration need not have it', () => {
    const has = (right: string) =>
      roles.filter((role) => (role.permissions as readonly string[]).includes(right)).map((role) => role.name);
    expect(has('ftp:write')).toEqual([
      'administrator',
      'project manager',
      'implementations manager',
      'solution engineer',
    ]);
    expect(has('configuration:write')).toEqual(
      expect.arrayContaining(['integrations manager', 'technical consultant']),
    );
  });
});

describe('the last administrator', () => {
  const alone = async () => {
    const boss = await person('administrator');
    await at.database.withSystem((tx) =>
      tx
        .updateTable('staff_user')
        .set({ roles: ['operator'] })
        .where('id', '!=', boss.id)
        .where(sql<boolean>`'administrator' = any(roles)`)
        .execute(),
    );
    // Somebody who may manage users and is no administrator does not exist; the guard stands for the day there is one.
    const clerk = await person('administrator');
    return { boss, clerk };
  };

  test('stays: neither disabled nor made less, whoever asks', async () => {
    const { boss, clerk } = await alone();
    await at.database.withSystem((tx) =>
      tx.updateTable('staff_user').set({ password_hash: null }).where('id', '=', clerk.id).execute(),
    );
    const less = await change(clerk.headers, boss.id, { roles: ['operator'], expectedRoles: ['administrator'] });
    expect(less.json()).toMatchObject({ status: 409, code: 'last-administrator' });
    expect((await call('POST', `/staff-users/${boss.id}/disable`, clerk.headers)).json().code).toBe(
      'last-administrator',
    );
  });

  test('stays, too, when two take the role from each other at the same moment', async () => {
    const { boss, clerk } = await alone();
    const take = (by: string, from: string) =>
      changeStaffUser(at.deps, {
        userId: from,
        manager: { userId: by, bid: null, rights: 'all' },
        by: { kind: 'staff', name: by },
        name: 'Changed',
        roles: ['operator'],
        expectedRoles: ['administrator'],
      });
    const done = await Promise.allSettled([take(clerk.id, boss.id), take(boss.id, clerk.id)]);
    expect(done.map((each) => each.status).toSorted()).toEqual(['fulfilled', 'rejected']);
    expect(done.find((each) => each.status === 'rejected')?.reason).toMatchObject({ code: 'last-administrator' });
  });
});

describe('a user’s page', () => {
  test('shows what is on record about them, newest first, a page at a time', async () => {
    const { id } = await person('operator');
    await change(admin, id, { roles: ['delivery specialist', 'operator'], expectedRoles: ['operator'] });
    await call('POST', `/staff-users/${id}/disable`, admin);
    await call('POST', `/staff-users/${id}/enable`, admin);
    const page = (await call('GET', `/staff-users/${id}/history?limit=3`, admin)).json();
    expect(page.items.map((item: { act: string }) => item.act)).toEqual([
      'staff.enabled',
      'staff.disabled',
      'staff.changed',
    ]);
    expect(page.items[2].detail).toMatchObject({
      rolesBefore: ['operator'],
      roles: ['delivery specialist', 'operator'],
    });
    const rest = (await call('GET', `/staff-users/${id}/history?cursor=${page.nextCursor}`, admin)).json();
    expect(rest.items.at(-1).act).toBe('staff.created');
    expect((await call('GET', `/staff-users/${id}`, admin)).json()).toMatchObject({ state: 'active' });
  });

  test('lets somebody enabled again sign in with the password they had, and not before', async () => {
    const { id, email, headers } = await person('operator');
    await call('POST', `/staff-users/${id}/disable`, admin);
    expect((await call('POST', `/staff-users/${id}/invitation`, admin)).json().code).toBe('user-disabled');
    await expect(signIn(at.app, email, TEST_PASSWORD)).rejects.toThrow('401');
    await call('POST', `/staff-users/${id}/enable`, admin);
    expect((await call('GET', '/session', headers)).statusCode).toBe(401);
    await signIn(at.app, email, TEST_PASSWORD);
  });
});

test('a mail that is refused for good is on the user’s record', async () => {
  const made = await createStaffUser(at.deps, { email: `gone${count}@example.com`, roles: ['operator'], by });
  const { sendStaffMail } = await import('./send-staff-mail.ts');
  const mailer = {
    send: async () => ({ ok: false, permanent: true, why: '550 no such person' }) as const,
    close: () => undefined,
  };
  const job = { kind: 'invitation', userId: made.userId, invitedBy: 'boss' };
  await sendStaffMail({ ...at.platform, mailer }, job);
  const [event] = (await call('GET', `/staff-users/${made.userId}/history`, admin)).json().items;
  expect(event).toMatchObject({ act: 'staff.mail-refused', detail: { kind: 'invitation', why: '550 no such person' } });
  const away = { ...mailer, send: async () => ({ ok: false, permanent: false, why: 'away' }) as const };
  await expect(sendStaffMail({ ...at.platform, mailer: away }, job)).rejects.toThrow('away');
});

test('what has been over for a month is thrown away once a day, and nothing younger', async () => {
  const { headers, id } = await person('operator');
  const rows = async (days: number) => {
    at.clock.advance(days * 24 * 3_600_000);
    const job = identitiesJobs(at.platform).find((each) => each.cron !== undefined);
    await job?.work({} as never, AbortSignal.timeout(60_000));
    return at.database.withSystem((tx) =>
      tx.selectFrom('staff_session').select('id').where('user_id', '=', id).execute(),
    );
  };
  expect(await rows(29)).toHaveLength(1);
  expect((await call('GET', '/session', headers)).json().code).toBe('session-over');
  expect(await rows(2)).toHaveLength(0);
});
