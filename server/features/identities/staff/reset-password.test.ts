import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { signInAs, TEST_PASSWORD } from '../../../testing/staff.ts';
import { withStaffMail } from '../../../testing/staff-mail-rig.ts';
import { whileHeld } from '../../../testing/while-held.ts';
import { createStaffUser, disableStaffUser, inviteAgain } from '../index.ts';
import { deleteHalvesOf, findHalf, insertHalf } from '../sessions/half-sign-in-store.ts';
import { tokenHashOf } from '../sessions/session-limits.ts';
import { enableStaffUser } from './change-staff-user.ts';
import { endSessionsOf, lockUser, setPassword } from './staff-store.ts';

const NEW_PASSWORD = 'another walk on the levee 8';
let at: Awaited<ReturnType<typeof withStaffMail>>;
let email: string;
let count = 0;

beforeAll(async () => {
  at = await withStaffMail();
});
beforeEach(async () => {
  at.sent.length = 0;
  at.queued.length = 0;
  email = `forgetful${++count}@example.com`;
  await signInAs(at.app, at.deps, { role: 'solution architect', email });
});
afterAll(() => at.close());

const post = (url: string, payload: object, headers: Record<string, string> = {}, remoteAddress = '203.0.113.1') =>
  at.app.inject({ method: 'POST', url: `/api/v1${url}`, payload, headers, remoteAddress });
const askReset = (who = email, address = `203.0.113.${count}`) =>
  post('/password-resets', { email: who }, { 'user-agent': 'Mozilla/5.0 (Windows NT 10.0) Chrome/140.0' }, address);
const use = (token: string, password = NEW_PASSWORD) => post('/password-resets/use', { token, password });
const signIn = (password: string) => post('/session', { email, password });
const userNow = () =>
  at.database.withSystem((tx) =>
    tx.selectFrom('staff_user').select(['id', 'password_hash']).where('email', '=', email).executeTakeFirstOrThrow(),
  );
const mailedToken = async () => {
  await at.sendQueued();
  return /reset-password#([A-Za-z0-9_-]{43})/.exec(at.sent.at(-1)?.text ?? '')?.[1] ?? 'no token';
};

describe('a forgotten password', () => {
  test('is renewed by one link, once; every session ends, and the person is told', async () => {
    const session = await signIn(TEST_PASSWORD);
    const cookie = String(session.headers['set-cookie']).split(';')[0] ?? '';
    expect((await askReset(` ${email.toUpperCase()} `)).statusCode).toBe(202);
    const token = await mailedToken();
    expect((await use(token, 'short')).json().code).toBe('password-refused');
    expect((await use(token)).json()).toEqual({ email });
    expect((await use(token)).statusCode).toBe(410);
    const refused = await at.app.inject({ url: '/api/v1/session', headers: { cookie } });
    expect(refused.json()).toMatchObject({ status: 401, code: 'session-password-changed' });
    expect((await signIn(TEST_PASSWORD)).statusCode).toBe(401);
    expect((await signIn(NEW_PASSWORD)).statusCode).toBe(201);
    await at.sendQueued();
    expect(at.sent.at(-1)).toMatchObject({ to: email, subject: 'Your Causeway password was changed' });
  });

  test('is told in the email with who asked, until when, and what to do if it was somebody else', async () => {
    await askReset();
    await mailedToken();
    const [mail] = at.sent;
    expect(mail).toMatchObject({ to: email, subject: 'Set a new password for Causeway' });
    expect(mail?.text).toContain(`at the address 203.0.113.${count} (Chrome on Windows)`);
    expect(mail?.text).toMatch(/works once, until November 18, 2026 at 9:30\sAM CST/);
    expect(mail?.text).toContain('Was it not you? Then do nothing');
    expect(mail?.html).not.toContain('<script');
  });

  test('gives the same answer and queues the same work whether or not somebody has that email', async () => {
    const disabled = `disabled${count}@example.com`;
    const invited = `invited${count}@example.com`;
    await createStaffUser(at.deps, { email: invited, roles: ['operator'], by: { kind: 'operator', name: 'test' } });
    await signInAs(at.app, at.deps, { role: 'operator', email: disabled });
    await at.database.withSystem((tx) =>
      tx.updateTable('staff_user').set({ disabled_at: at.clock.now() }).where('email', '=', disabled).execute(),
    );
    const strip = (body: string) => body.replace(/"requestId":"[^"]+"/, '');
    const series = async (who: string, address: string) => {
      const told: string[] = [];
      for (let n = 0; n < 5; n++) {
        const answer = await askReset(who, address);
        told.push(`${answer.statusCode} ${strip(answer.body)}`);
      }
      return { told, jobs: at.queued.splice(0).length };
    };
    const known = await series(email, '198.51.100.1');
    expect(known.told.map((line) => line.slice(0, 3))).toEqual(['202', '202', '202', '429', '429']);
    expect(known.jobs).toBe(3);
    for (const [n, who] of ['nobody@example.com', disabled, invited].entries())
      expect(await series(who, `198.51.100.${n + 2}`)).toEqual(known);
    await askReset('nobody-else@example.com', '198.51.100.9');
    await at.sendQueued();
    expect(at.sent).toEqual([]);
  });

  test('is over after 30 minutes, and when a newer link was sent', async () => {
    await askReset();
    const first = await mailedToken();
    await askReset();
    const second = await mailedToken();
    expect(first).not.toBe(second);
    expect((await use(first)).statusCode).toBe(410);
    at.clock.advance(30 * 60_000);
    expect((await use(second)).json()).toMatchObject({ code: 'reset-not-valid', status: 410 });
    await askReset();
    at.clock.advance(30 * 60_000);
    at.sent.length = 0;
    await at.sendQueued();
    expect(at.sent).toEqual([]);
  });

  test('is no way in for a user who was disabled after asking', async () => {
    await askReset();
    const token = await mailedToken();
    await at.database.withSystem((tx) =>
      tx.updateTable('staff_user').set({ disabled_at: at.clock.now() }).where('email', '=', email).execute(),
    );
    expect((await use(token)).statusCode).toBe(410);
  });

  test('is no way in for a user who was disabled and enabled again since, and neither is an invitation', async () => {
    const { id } = await userNow();
    const manager = { userId: null, bid: null, rights: 'all' } as const;
    const by = { kind: 'operator', name: 'test' } as const;
    const invited = await inviteAgain(at.deps, { userId: id, manager, by, isByEmail: false });
    await askReset();
    const token = await mailedToken();
    await disableStaffUser(at.deps, { userId: id, manager, by });
    await enableStaffUser(at.deps, { userId: id, manager, by });
    expect((await use(token)).statusCode).toBe(410);
    const invitation = { token: invited.link?.split('#')[1], password: NEW_PASSWORD };
    expect((await post('/invitations/accept', invitation)).statusCode).toBe(410);
    expect((await signIn(TEST_PASSWORD)).statusCode).toBe(201);
  });

  test('leaves no older invitation that would set another password', async () => {
    const manager = { userId: null, bid: null, rights: 'all' } as const;
    const by = { kind: 'operator', name: 'test' } as const;
    const { link } = await inviteAgain(at.deps, { userId: (await userNow()).id, manager, by, isByEmail: false });
    await askReset();
    expect((await use(await mailedToken())).statusCode).toBe(200);
    const invitation = { token: link?.split('#')[1], password: TEST_PASSWORD };
    expect((await post('/invitations/accept', invitation)).statusCode).toBe(410);
  });

  test('and a sign-in that reaches its second step at the same moment do not wait for each other for ever', async () => {
    const { id } = await userNow();
    const now = at.clock.now();
    await at.database.withSystem((tx) =>
      insertHalf(tx, {
        userId: id,
        provenBy: 'password',
        tokenHash: tokenHashOf('half and held'),
        now,
        expiresAt: now.add({ minutes: 5 }),
      }),
    );
    await askReset();
    const token = await mailedToken();
    const answer = await whileHeld(at.database, {
      hold: (tx) => lockUser(tx, id),
      act: async () => use(token),
      happens: (tx) => deleteHalvesOf(tx, id),
    });
    expect(answer.statusCode).toBe(200);
  });

  test('ends a sign-in that got as far as the second factor with the password of before', async () => {
    const { id } = await userNow();
    const tokenHash = tokenHashOf('half a sign-in');
    const now = at.clock.now();
    await at.database.withSystem((tx) =>
      insertHalf(tx, { userId: id, provenBy: 'password', tokenHash, now, expiresAt: now.add({ minutes: 5 }) }),
    );
    await askReset();
    expect((await use(await mailedToken())).statusCode).toBe(200);
    expect(await at.database.withSystem((tx) => findHalf(tx, { tokenHash, now }))).toBeUndefined();
  });

  test('is taken up by one of two at the same time', async () => {
    await askReset();
    const token = await mailedToken();
    const answers = await Promise.all([use(token), use(token)]);
    expect(answers.map((answer) => answer.statusCode).toSorted()).toEqual([200, 410]);
  });

  test('leaves no token in the queue, the tables or the record', async () => {
    await askReset();
    const queued = JSON.stringify(at.queued);
    const token = await mailedToken();
    expect(queued).not.toContain(token);
    await use(token);
    const rows = await at.database.withSystem(async (tx) => [
      await tx.selectFrom('staff_password_reset').selectAll().execute(),
      await tx.selectFrom('audit_event').selectAll().execute(),
    ]);
    expect(JSON.stringify(rows)).not.toContain(token);
    expect(JSON.stringify(rows)).not.toContain('levee');
  });

  test('takes no form, which another site could post', async () => {
    const answer = await at.app.inject({
      method: 'POST',
      url: '/api/v1/password-resets',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      payload: `email=${encodeURIComponent(email)}`,
    });
    expect(answer.statusCode).toBe(415);
  });
});

describe('one’s own password', () => {
  const signedIn = async () => {
    const answer = await signIn(TEST_PASSWORD);
    return {
      cookie: String(answer.headers['set-cookie']).split(';')[0] ?? '',
      'x-csrf-token': answer.json().csrfToken as string,
    };
  };

  test('is changed with the old one; the other sessions end, this one goes on', async () => {
    const other = await signedIn();
    const own = await signedIn();
    at.clock.advance(20 * 60_000);
    const change = (payload: object, headers: Record<string, string> = own) =>
      post('/session/password', payload, headers);
    expect((await change({ password: NEW_PASSWORD })).json().code).toBe('prove-again');
    expect((await change({ oldPassword: 'a wrong password', password: NEW_PASSWORD })).json().code).toBe(
      'proof-refused',
    );
    expect((await signIn(TEST_PASSWORD)).statusCode).toBe(201);
    const changed = await change({ oldPassword: TEST_PASSWORD, password: NEW_PASSWORD });
    expect(changed.json().sessionsEnded).toBeGreaterThanOrEqual(2);
    expect((await at.app.inject({ url: '/api/v1/session', headers: other })).json().code).toBe(
      'session-password-changed',
    );
    const cookie = String(changed.headers['set-cookie']).split(';')[0] ?? '';
    expect((await at.app.inject({ url: '/api/v1/session', headers: { cookie } })).statusCode).toBe(200);
    expect((await signIn(NEW_PASSWORD)).statusCode).toBe(201);
    await at.sendQueued();
    expect(at.sent.at(-1)?.subject).toBe('Your Causeway password was changed');
  });

  test('is not changed over a reset that came in between, which ended this session', async () => {
    const own = await signedIn();
    const { id } = await userNow();
    const answer = await whileHeld(at.database, {
      hold: (tx) => lockUser(tx, id),
      act: async () => post('/session/password', { password: NEW_PASSWORD }, own),
      happens: async (tx) => {
        await setPassword(tx, id, 'the hash of a reset');
        await endSessionsOf(tx, id, { at: at.clock.now(), why: 'password-changed' });
      },
    });
    expect(answer.json().code).toBe('session-over');
    expect((await userNow()).password_hash).toBe('the hash of a reset');
  });

  test('needs no old one right after a proof, and is refused when it is the same, short or common', async () => {
    const own = await signedIn();
    for (const password of [TEST_PASSWORD, 'short', 'passwordpassword'])
      expect((await post('/session/password', { password }, own)).json().code).toBe('password-refused');
    expect((await post('/session/password', { password: NEW_PASSWORD }, own)).statusCode).toBe(200);
  });
});
