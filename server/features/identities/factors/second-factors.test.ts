import { generateSync } from 'otplib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { withTestPlatform } from '../../../testing/platform.ts';
import { signInAs, TEST_PASSWORD, withBillersApp } from '../../../testing/staff.ts';
import { STAFF_MAIL_QUEUE } from '../index.ts';
import { tokenHashOf } from '../sessions/session-limits.ts';
import { replaceInvitation } from '../staff/password-link-store.ts';
import { sendStaffMail } from '../staff/send-staff-mail.ts';
import { newRecoveryCodes, recoveryCodeHash } from './recovery-code.ts';
import { resetFactorsByEmail } from './reset-factors.ts';
import { stepOfCode, totpKey } from './totp-code.ts';

let opened: Awaited<ReturnType<typeof withTestPlatform>>;
let made: Awaited<ReturnType<typeof withBillersApp>>;
const HALF_MINUTE = 30_000;

beforeAll(async () => {
  opened = await withTestPlatform({ queues: [STAFF_MAIL_QUEUE] });
  made = await withBillersApp(opened.platform);
});
afterAll(async () => {
  await made.app.close();
  await made.billers.close();
  await opened.close();
});

type Method = 'GET' | 'POST' | 'DELETE' | 'PUT';
const call = (method: Method, url: string, headers: Record<string, string>, payload?: Record<string, unknown>) =>
  made.app.inject({ method, url, headers, ...(payload && { payload }) });
const codeOf = (key: string, aheadMs = 0) =>
  generateSync({ secret: key, epoch: Math.floor((opened.clock.nowMs() + aheadMs) / 1000) });
const enterPassword = (email: string, password = TEST_PASSWORD) =>
  made.app.inject({ method: 'POST', url: '/api/v1/session', payload: { email, password } });
const cookieIn = (answer: { headers: Record<string, unknown> }, name: string): string =>
  [answer.headers['set-cookie']]
    .flat()
    .map((line) => String(line).split(';')[0] ?? '')
    .find((pair) => pair.startsWith(`${name}=`)) ?? '';
const halfOf = async (email: string) => {
  const answer = await enterPassword(email);
  expect(answer.statusCode).toBe(202);
  return { cookie: cookieIn(answer, 'causeway_half_sign_in') };
};
const secondStep = (cookie: Record<string, string>, payload: Record<string, unknown>) =>
  call('POST', '/api/v1/session/second-step', cookie, payload);

/** A user with an authenticator app, whose confirming code is used up. */
async function withTotp(email: string, role = 'csr', bid: number | null = 1) {
  const headers = await signInAs(made.app, made.deps, { role, email, ...(bid !== null && { bid }) });
  const started = await call('POST', '/api/v1/own-security/totp', headers);
  expect(started.statusCode).toBe(201);
  const { key } = started.json<{ key: string }>();
  const confirmed = await call('POST', '/api/v1/own-security/totp/confirm', headers, { code: codeOf(key) });
  expect(confirmed.statusCode).toBe(201);
  opened.clock.advance(HALF_MINUTE);
  return { headers, key, recoveryCodes: confirmed.json<{ recoveryCodes: string[] }>().recoveryCodes };
}

describe('an authenticator app', () => {
  test('counts only after its first code, and is shown as a picture and as text', async () => {
    const headers = await signInAs(made.app, made.deps, { role: 'csr', bid: 1, email: 'begin@example.com' });
    const { key, uri, qrSvg } = (await call('POST', '/api/v1/own-security/totp', headers)).json();
    expect(key).toMatch(/^[A-Z2-7]{32}$/);
    expect(uri).toContain(`secret=${key}`);
    expect(uri).toMatch(/^otpauth:\/\/totp\/Causeway:begin%40example\.com\?/);
    expect(qrSvg).toMatch(/^<svg /);
    expect((await enterPassword('begin@example.com')).statusCode).toBe(201);
    const wrong = await call('POST', '/api/v1/own-security/totp/confirm', headers, { code: '000000' });
    expect(wrong.json().code).toBe('code-not-right');
    expect((await enterPassword('begin@example.com')).statusCode).toBe(201);
    const spaced = codeOf(key).replace(/(...)/, '$1 ');
    const right = await call('POST', '/api/v1/own-security/totp/confirm', headers, { code: spaced });
    expect(right.json().recoveryCodes).toHaveLength(10);
    expect((await enterPassword('begin@example.com')).statusCode).toBe(202);
    const again = await call('POST', '/api/v1/own-security/totp', headers);
    expect(again.json().code).toBe('totp-already-on');
  });

  test('that was started twice confirms with the newer key only', async () => {
    const headers = await signInAs(made.app, made.deps, { role: 'csr', bid: 1, email: 'twice@example.com' });
    const [first, second] = [
      (await call('POST', '/api/v1/own-security/totp', headers)).json().key,
      (await call('POST', '/api/v1/own-security/totp', headers)).json().key,
    ];
    const confirm = (key: string) => call('POST', '/api/v1/own-security/totp/confirm', headers, { code: codeOf(key) });
    expect((await confirm(first)).json().code).toBe('code-not-right');
    expect((await confirm(second)).statusCode).toBe(201);
    expect((await confirm(second)).json().code).toBe('totp-not-started');
  });

  test('that waited too long for its first code is begun anew', async () => {
    const headers = await signInAs(made.app, made.deps, { role: 'csr', bid: 1, email: 'late@example.com' });
    const { key } = (await call('POST', '/api/v1/own-security/totp', headers)).json();
    opened.clock.advance(29 * 60_000);
    await call('GET', '/api/v1/session', headers);
    opened.clock.advance(61_000);
    const late = await call('POST', '/api/v1/own-security/totp/confirm', headers, { code: codeOf(key) });
    expect(late.json().code).toBe('totp-not-started');
  });

  test('the password alone gives no session: only a token that opens nothing but the second step', async () => {
    await withTotp('half@example.com');
    const answer = await enterPassword('half@example.com');
    expect(answer.statusCode).toBe(202);
    expect(answer.json()).toEqual({ email: 'half@example.com', methods: ['totp', 'recovery-code'] });
    expect(cookieIn(answer, 'causeway_session')).toBe('');
    expect(String(answer.headers['set-cookie'])).toMatch(
      /^causeway_half_sign_in=[A-Za-z0-9_-]{43}; Max-Age=600; Path=\/; HttpOnly; SameSite=Lax$/,
    );
    const token = cookieIn(answer, 'causeway_half_sign_in').split('=')[1] ?? '';
    for (const cookie of [`causeway_half_sign_in=${token}`, `causeway_session=${token}`])
      expect((await call('GET', '/api/v1/session', { cookie })).statusCode).toBe(401);
    const asked = await call('GET', '/api/v1/session/second-step', { cookie: `causeway_half_sign_in=${token}` });
    expect(asked.json()).toEqual({ email: 'half@example.com', methods: ['totp', 'recovery-code'] });
  });

  test('is still asked for after a new password, by invitation or by anybody who got hold of one', async () => {
    await withTotp('renewed@example.com');
    const { id } = await opened.database.withSystem((tx) =>
      tx.selectFrom('staff_user').select('id').where('email', '=', 'renewed@example.com').executeTakeFirstOrThrow(),
    );
    const password = 'another walk on the levee 8';
    const token = opened.platform.random.token();
    await opened.database.withSystem((tx) =>
      replaceInvitation(tx, {
        userId: id,
        tokenHash: tokenHashOf(token),
        expiresAt: opened.clock.now().add({ hours: 1 }),
      }),
    );
    expect((await call('POST', '/api/v1/invitations/accept', {}, { token, password })).statusCode).toBe(200);
    expect((await enterPassword('renewed@example.com', password)).statusCode).toBe(202);
  });

  test('its code signs in, with the half minute before and after; no code is good twice', async () => {
    const { key } = await withTotp('code@example.com');
    const code = codeOf(key);
    const first = await secondStep(await halfOf('code@example.com'), { totp: code });
    expect(first.statusCode).toBe(201);
    expect(first.json()).toMatchObject({ user: { email: 'code@example.com' }, mustEnrol: false });
    const cookie = cookieIn(first, 'causeway_session');
    expect((await call('GET', '/api/v1/session', { cookie })).statusCode).toBe(200);
    const replayed = await secondStep(await halfOf('code@example.com'), { totp: code });
    expect(replayed.statusCode).toBe(401);
    expect(replayed.json().title).toMatch(/used already\. Wait for the next one/);
    const older = await secondStep(await halfOf('code@example.com'), { totp: codeOf(key, -HALF_MINUTE) });
    expect(older.json().title).toMatch(/used already/);
    const next = await secondStep(await halfOf('code@example.com'), { totp: codeOf(key, HALF_MINUTE) });
    expect(next.statusCode).toBe(201);
    const tooOld = await secondStep(await halfOf('code@example.com'), { totp: codeOf(key, -2 * HALF_MINUTE) });
    expect(tooOld.json().title).toMatch(/not right/);
  });

  test('one code sent at once by two windows lets one in', async () => {
    const { key } = await withTotp('windows@example.com');
    const halves = [await halfOf('windows@example.com'), await halfOf('windows@example.com')];
    const answers = await Promise.all(halves.map((half) => secondStep(half, { totp: codeOf(key) })));
    expect(answers.map((answer) => answer.statusCode).toSorted()).toEqual([201, 401]);
  });

  test('a half sign-in is finished once, and ends after ten minutes', async () => {
    const { key } = await withTotp('once@example.com');
    const half = await halfOf('once@example.com');
    expect((await secondStep(half, { totp: codeOf(key) })).statusCode).toBe(201);
    opened.clock.advance(HALF_MINUTE);
    expect((await secondStep(half, { totp: codeOf(key) })).json().code).toBe('half-sign-in-over');
    const slow = await halfOf('once@example.com');
    opened.clock.advance(10 * 60_000);
    expect((await secondStep(slow, { totp: codeOf(key) })).json().code).toBe('half-sign-in-over');
    expect((await secondStep({}, { totp: codeOf(key) })).statusCode).toBe(410);
  });

  test('guessing is paused for everything that person signs in with, also when many tries come at once', async () => {
    const { key } = await withTotp('guessed@example.com');
    const half = await halfOf('guessed@example.com');
    const answers = await Promise.all(
      Array.from({ length: 12 }, (_, at) => secondStep(half, { totp: String(100_000 + at) })),
    );
    expect(answers.filter((answer) => answer.statusCode === 401)).toHaveLength(4);
    expect(answers.filter((answer) => answer.statusCode === 429)).toHaveLength(8);
    expect((await secondStep(half, { totp: codeOf(key) })).statusCode).toBe(429);
    expect((await enterPassword('guessed@example.com')).statusCode).toBe(429);
    opened.clock.advance(15 * 60_000);
    expect((await secondStep(await halfOf('guessed@example.com'), { totp: codeOf(key) })).statusCode).toBe(201);
  });

  test('guessing within a session is paused too: of many tries at once, the right code among them opens nothing', async () => {
    const { headers, key } = await withTotp('guessed-inside@example.com');
    const prove = (totp: string) => call('POST', '/api/v1/session/prove', headers, { totp });
    const wrong = Array.from({ length: 12 }, (_, at) => String(100_000 + at)).filter((code) => code !== codeOf(key));
    const answers = await Promise.all([...wrong, codeOf(key)].map(prove));
    expect(answers.filter((answer) => answer.json().code === 'proof-refused')).toHaveLength(4);
    expect(answers.map((answer) => answer.statusCode)).not.toContain(200);
    opened.clock.advance(15 * 60_000);
    expect((await prove(codeOf(key))).statusCode).toBe(200);
  });

  test('whatever else is typed as a code is refused, and is nobody’s error', async () => {
    await withTotp('odd@example.com');
    const half = await halfOf('odd@example.com');
    for (const totp of ['12345', '1234567', 'abcdef', '-12345', '１２３４５６'])
      expect((await secondStep(half, { totp })).statusCode, totp).toBeOneOf([401, 429]);
    for (const payload of [{ totp: '' }, { totp: 123456 }, { totp: '123456', recoveryCode: 'x' }, {}])
      expect((await secondStep(half, payload)).statusCode).toBe(400);
  });

  test('proves again who one is, and its removal asks for that', async () => {
    const { key } = await withTotp('prove@example.com');
    const first = await secondStep(await halfOf('prove@example.com'), { totp: codeOf(key) });
    const headers = { cookie: cookieIn(first, 'causeway_session'), 'x-csrf-token': first.json().csrfToken };
    opened.clock.advance(16 * 60_000);
    const refused = await call('DELETE', '/api/v1/own-security/totp', headers);
    expect(refused.json()).toMatchObject({ code: 'prove-again', details: { methods: ['totp', 'password'] } });
    const code = codeOf(key);
    const proven = await call('POST', '/api/v1/session/prove', headers, { totp: code });
    expect(proven.statusCode).toBe(200);
    const renewed = { ...headers, cookie: cookieIn(proven, 'causeway_session') };
    expect((await call('POST', '/api/v1/session/prove', renewed, { totp: code })).json().code).toBe('proof-refused');
    expect((await call('DELETE', '/api/v1/own-security/totp', renewed)).statusCode).toBe(204);
    expect((await enterPassword('prove@example.com')).statusCode).toBe(201);
    expect((await call('DELETE', '/api/v1/own-security/totp', renewed)).json().code).toBe('factor-not-set-up');
    const own = await call('GET', '/api/v1/own-security', renewed);
    expect(own.json()).toMatchObject({ totpSince: null, recoveryCodesLeft: 0 });
  });
});

describe('recovery codes', () => {
  test('sign in once each, however they are typed, and are counted', async () => {
    const { headers, recoveryCodes } = await withTotp('codes@example.com');
    const [first = '', second = ''] = recoveryCodes;
    expect(first).toMatch(/^([1-9a-hjkmnp-z]{4}-){3}[1-9a-hjkmnp-z]{4}$/);
    const sent = first.toUpperCase().replaceAll('-', ' ');
    expect((await secondStep(await halfOf('codes@example.com'), { recoveryCode: sent })).statusCode).toBe(201);
    const again = await secondStep(await halfOf('codes@example.com'), { recoveryCode: first });
    expect(again.json().title).toMatch(/used before/);
    expect((await call('GET', '/api/v1/own-security', headers)).json().recoveryCodesLeft).toBe(9);
    const renewed = await call('POST', '/api/v1/own-security/recovery-codes', headers);
    expect(renewed.json().recoveryCodes).toHaveLength(10);
    const old = await secondStep(await halfOf('codes@example.com'), { recoveryCode: second });
    expect(old.statusCode).toBe(401);
  });

  test('of one person are worth nothing to another', async () => {
    const { recoveryCodes } = await withTotp('mine@example.com');
    await withTotp('yours@example.com');
    const stolen = await secondStep(await halfOf('yours@example.com'), { recoveryCode: recoveryCodes[0] ?? '' });
    expect(stolen.statusCode).toBe(401);
  });

  test('are not given to who has no factor', async () => {
    const headers = await signInAs(made.app, made.deps, { role: 'csr', bid: 1, email: 'none@example.com' });
    const answer = await call('POST', '/api/v1/own-security/recovery-codes', headers);
    expect(answer.json().code).toBe('no-factor-yet');
  });

  test('are ten different ones of 80 bits, and only their hashes are stored', async () => {
    const { recoveryCodes } = await withTotp('stored@example.com');
    expect(new Set(recoveryCodes).size).toBe(10);
    const rows = await opened.database.withSystem((tx) => tx.selectFrom('staff_recovery_code').selectAll().execute());
    const kept = rows.map((row) => row.code_hash.toString('hex'));
    expect(kept).toContain(recoveryCodeHash(recoveryCodes[0] ?? '').toString('hex'));
    const drawn = newRecoveryCodes((count) => new Uint8Array(count).fill(255));
    expect(drawn[0]).toBe('zzzz-zzzz-zzzz-zzzz');
  });
});

test('the key of an app is sealed for its user: another user’s row does not open', async () => {
  await withTotp('sealed-a@example.com');
  const { key } = await withTotp('sealed-b@example.com');
  const rows = await opened.database.withSystem((tx) =>
    tx
      .selectFrom('staff_totp')
      .innerJoin('staff_user', 'staff_user.id', 'staff_totp.user_id')
      .select(['email', 'user_id', 'secret'])
      .where('email', 'like', 'sealed-%')
      .orderBy('email')
      .execute(),
  );
  expect(JSON.stringify(rows)).not.toContain(key);
  const [a, b] = rows;
  await opened.database.withSystem((tx) =>
    tx
      .updateTable('staff_totp')
      .set({ secret: b?.secret ?? '' })
      .where('user_id', '=', a?.user_id ?? '')
      .execute(),
  );
  const answer = await secondStep(await halfOf('sealed-a@example.com'), { totp: codeOf(key) });
  expect(answer.statusCode).toBe(500);
});

test('codes are those of RFC 6238, appendix B', () => {
  // The appendix’s key is the ASCII of twenty digits, its codes have eight digits: the last six are ours.
  const key = totpKey(() => Buffer.from('12345678901234567890'));
  expect(key).toBe('GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ');
  for (const [seconds, code] of [
    [59, '287082'],
    [1_111_111_109, '081804'],
    [1_234_567_890, '005924'],
    [2_000_000_000, '279037'],
  ] as const)
    expect(stepOfCode(key, code, seconds * 1000)).toBe(Math.floor(seconds / 30));
});

describe('a manager of users', () => {
  const idOf = async (email: string) =>
    (
      await opened.database.withSystem((tx) =>
        tx.selectFrom('staff_user').select('id').where('email', '=', email).executeTakeFirstOrThrow(),
      )
    ).id;
  const reset = async (headers: Record<string, string>, email: string, reason = 'lost the phone') =>
    call('POST', `/api/v1/staff-users/${await idOf(email)}/reset-factors`, headers, { reason });

  test('takes every factor from who lost theirs: sessions end, the person is told, the reason is on record', async () => {
    const lost = await withTotp('lost@example.com');
    const half = await halfOf('lost@example.com');
    const boss = await signInAs(made.app, made.deps, { role: 'administrator', email: 'manager@example.com' });
    expect((await reset(boss, 'lost@example.com')).statusCode).toBe(204);
    expect((await call('GET', '/api/v1/session', lost.headers)).json().code).toBe('session-factors-reset');
    expect((await secondStep(half, { totp: codeOf(lost.key) })).json().code).toBe('half-sign-in-over');
    expect((await enterPassword('lost@example.com')).statusCode).toBe(201);
    const [event] = await opened.database.withSystem((tx) =>
      tx.selectFrom('audit_event').select(['actor', 'subject', 'reason']).where('act', '=', 'factor.reset').execute(),
    );
    const subject = 'staff/lost@example.com';
    expect(event).toEqual({ actor: 'manager@example.com', subject, reason: 'lost the phone' });
    const sent: { to: string; text: string }[] = [];
    const mailer = {
      ...opened.platform.mailer,
      send: async (mail: { to: string; text: string }) => {
        sent.push(mail);
        return { ok: true, messageId: '1' } as const;
      },
    };
    const job = { kind: 'factors-changed', userId: await idOf('lost@example.com'), act: 'factor.reset' };
    await sendStaffMail({ ...opened.platform, mailer }, { ...job, at: opened.clock.now().toString() });
    expect(sent[0]).toMatchObject({ to: 'lost@example.com', text: expect.stringMatching(/every second factor was/) });
    const queued = await opened.database.connect('looking');
    await queued.query('set role none');
    const { rows } = await queued.query(`select data from pgboss.job where data->>'act' = 'factor.reset'`);
    await queued.end();
    expect(rows).toHaveLength(1);
  });

  test('is the command line, where the only administrator lost theirs', async () => {
    await withTotp('only-admin@example.com', 'administrator', null);
    const by = { kind: 'operator', name: 'operator test' } as const;
    const reason = 'called back';
    await resetFactorsByEmail(opened.platform, { email: 'Only-Admin@example.com', reason, by });
    expect((await enterPassword('only-admin@example.com')).statusCode).toBe(201);
    const unknown = resetFactorsByEmail(opened.platform, { email: 'nobody@example.com', reason, by });
    await expect(unknown).rejects.toThrow('There is no such user');
  });

  test('does so to nobody above them, of another biller, or to themselves, and says why', async () => {
    await withTotp('admin-a@example.com', 'administrator', null);
    await withTotp('biller-two@example.com', 'csr', 2);
    const clerk = await withTotp('biller-admin@example.com', 'biller admin', 1);
    expect((await reset(clerk.headers, 'admin-a@example.com')).statusCode).toBe(404);
    expect((await reset(clerk.headers, 'biller-two@example.com')).statusCode).toBe(404);
    expect((await reset(clerk.headers, 'biller-admin@example.com')).json().code).toBe('own-user');
    expect((await reset(clerk.headers, 'biller-two@example.com', '')).statusCode).toBe(400);
    const csr = await signInAs(made.app, made.deps, { role: 'csr', bid: 1, email: 'no-right@example.com' });
    expect((await reset(csr, 'biller-admin@example.com')).statusCode).toBe(403);
    opened.clock.advance(16 * 60_000);
    expect((await reset(clerk.headers, 'no-right@example.com')).json().code).toBe('prove-again');
  });
});
