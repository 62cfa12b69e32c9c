import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { withTestPlatform } from '../../../testing/platform.ts';
import { type SoftPasskey, softPasskey } from '../../../testing/soft-passkey.ts';
import { type StaffHeaders, signInAs, TEST_PASSWORD, withBillersApp } from '../../../testing/staff.ts';
import { whileHeld } from '../../../testing/while-held.ts';
import { STAFF_MAIL_QUEUE } from '../index.ts';
import { disableUser, enableUser, lockUser } from '../staff/staff-store.ts';
import { relyingPartyOf } from './passkey-origin.ts';

const ORIGIN = 'https://pay.example.com';
let opened: Awaited<ReturnType<typeof withTestPlatform>>;
let made: Awaited<ReturnType<typeof withBillersApp>>;

beforeAll(async () => {
  opened = await withTestPlatform({ queues: [STAFF_MAIL_QUEUE], environment: { CAUSEWAY_PUBLIC_URL: ORIGIN } });
  made = await withBillersApp(opened.platform);
});
afterAll(async () => {
  await made.app.close();
  await made.billers.close();
  await opened.close();
});

type Method = 'GET' | 'POST' | 'DELETE' | 'PUT';
const call = (method: Method, url: string, headers: Record<string, string>, payload?: Record<string, unknown>) =>
  made.app.inject({ method, url, headers: { origin: ORIGIN, ...headers }, ...(payload && { payload }) });
const cookieIn = (answer: { headers: Record<string, unknown> }, name: string): string =>
  [answer.headers['set-cookie']]
    .flat()
    .map((line) => String(line).split(';')[0] ?? '')
    .find((pair) => pair.startsWith(`${name}=`)) ?? '';
const newUser = (email: string) => signInAs(made.app, made.deps, { role: 'csr', bid: 1, email });
const own = async (headers: StaffHeaders) => (await call('GET', '/api/v1/own-security', headers)).json();

async function register(headers: StaffHeaders, passkey: SoftPasskey, changes = {}, name = 'My phone') {
  const options = (await call('POST', '/api/v1/own-security/passkeys/options', headers)).json();
  const body = { name, passkey: passkey.make(options, changes) };
  return { options, body, answer: await call('POST', '/api/v1/own-security/passkeys', headers, body) };
}
async function withPasskey(email: string) {
  const headers = await newUser(email);
  const passkey = softPasskey(ORIGIN);
  const { answer } = await register(headers, passkey);
  expect(answer.statusCode).toBe(201);
  return { headers, passkey, ...answer.json<{ id: string; recoveryCodes: string[] }>() };
}
const signInOptions = async () => (await call('POST', '/api/v1/session/passkey/options', {})).json();
const signInBy = (passkey: Record<string, unknown>) => call('POST', '/api/v1/session/passkey', {}, { passkey });

describe('a passkey', () => {
  test('is registered with a name and signs in alone, without an email', async () => {
    const { headers, passkey, recoveryCodes } = await withPasskey('one@example.com');
    expect(recoveryCodes).toHaveLength(10);
    expect((await own(headers)).passkeys).toEqual([expect.objectContaining({ name: 'My phone', lastUsedAt: null })]);
    const options = await signInOptions();
    expect(options).toMatchObject({ rpId: 'pay.example.com', userVerification: 'required' });
    expect(options.allowCredentials ?? []).toEqual([]);
    const answer = await signInBy(passkey.sign(options));
    expect(answer.statusCode).toBe(201);
    expect(answer.json()).toMatchObject({ user: { email: 'one@example.com' } });
    const session = await call('GET', '/api/v1/session', { cookie: cookieIn(answer, '__Host-causeway_session') });
    expect(session.statusCode).toBe(200);
    expect((await own(headers)).passkeys[0].lastUsedAt).not.toBeNull();
  });

  test('is asked for as the second factor after the password, of that user only', async () => {
    const mine = await withPasskey('second@example.com');
    const theirs = await withPasskey('other@example.com');
    const payload = { email: 'second@example.com', password: TEST_PASSWORD };
    const first = await made.app.inject({
      method: 'POST',
      url: '/api/v1/session',
      payload,
      headers: { origin: ORIGIN },
    });
    expect(first.json().methods).toEqual(['passkey', 'recovery-code']);
    const half = { cookie: cookieIn(first, '__Host-causeway_half_sign_in') };
    const options = async () => (await call('POST', '/api/v1/session/second-step/passkey-options', half)).json();
    const step = async (passkey: Record<string, unknown>) =>
      call('POST', '/api/v1/session/second-step', half, { passkey });
    const asked = await options();
    expect(asked.allowCredentials.map((each: { id: string }) => each.id)).toEqual([mine.passkey.id]);
    const foreign = await step(theirs.passkey.sign(asked));
    expect(foreign.json()).toMatchObject({ code: 'factor-refused' });
    expect(foreign.json().title).toMatch(/belongs to another user/);
    const forSignIn = await step(mine.passkey.sign(await signInOptions()));
    expect(forSignIn.statusCode).toBe(401);
    expect((await step(mine.passkey.sign(await options()))).statusCode).toBe(201);
  });

  test('proves again who one is', async () => {
    const { passkey } = await withPasskey('prove@example.com');
    const signedIn = await signInBy(passkey.sign(await signInOptions()));
    const headers = {
      cookie: cookieIn(signedIn, '__Host-causeway_session'),
      'x-csrf-token': signedIn.json().csrfToken,
    };
    opened.clock.advance(16 * 60_000);
    const refused = await call('POST', '/api/v1/own-security/recovery-codes', headers);
    expect(refused.json()).toMatchObject({ code: 'prove-again', details: { methods: ['passkey', 'password'] } });
    const options = (await call('POST', '/api/v1/session/prove/passkey-options', headers)).json();
    const proven = await call('POST', '/api/v1/session/prove', headers, { passkey: passkey.sign(options) });
    expect(proven.statusCode).toBe(200);
    const renewed = { ...headers, cookie: cookieIn(proven, '__Host-causeway_session') };
    expect((await call('POST', '/api/v1/own-security/recovery-codes', renewed)).statusCode).toBe(201);
  });
});

test('a user who is disabled while their passkey is checked gets no session that comes back when they are enabled', async () => {
  const { headers, passkey } = await withPasskey('held@example.com');
  const { user } = (await call('GET', '/api/v1/session', headers)).json();
  const signed = passkey.sign(await signInOptions());
  const answer = await whileHeld(opened.database, {
    hold: (tx) => lockUser(tx, user.id),
    act: async () => signInBy(signed),
    happens: (tx) => disableUser(tx, user.id, opened.clock.now()),
  });
  expect(answer.json()).toMatchObject({ code: 'passkey-refused' });
  await opened.database.withSystem((tx) => enableUser(tx, user.id));
  const session = await call('GET', '/api/v1/session', { cookie: cookieIn(answer, '__Host-causeway_session') });
  expect(session.statusCode).toBe(401);
});

describe('an answer to a challenge is refused', () => {
  test('when it is sent twice, or too late, or to a challenge nobody made', async () => {
    const { passkey } = await withPasskey('replay@example.com');
    const options = await signInOptions();
    const answer = passkey.sign(options);
    expect((await signInBy(answer)).statusCode).toBe(201);
    expect((await signInBy(answer)).json().title).toMatch(/sent twice/);
    const old = await signInOptions();
    opened.clock.advance(5 * 60_000);
    expect((await signInBy(passkey.sign(old))).json().title).toMatch(/longer than five minutes/);
    const made_ = await signInBy(passkey.sign({ challenge: 'bm90IG9uZSBvZiBvdXJz', rpId: 'pay.example.com' }));
    expect(made_.statusCode).toBe(401);
  });

  test('when another page, another name, no finger or a wrong signature stands behind it', async () => {
    const { passkey } = await withPasskey('forged@example.com');
    const stranger = softPasskey(ORIGIN);
    for (const changes of [
      { origin: 'https://pay.example.com.evil.example' },
      { rpId: 'evil.example' },
      { isVerified: false },
      { userHandle: Buffer.from('somebody else!!!').toString('base64url') },
    ]) {
      const answer = await signInBy(passkey.sign(await signInOptions(), changes));
      expect(answer.statusCode, JSON.stringify(changes)).toBe(401);
    }
    const unknown = await signInBy(stranger.sign(await signInOptions()));
    expect(unknown.json().title).toMatch(/not known here/);
    const options = await signInOptions();
    const good = passkey.sign(options);
    const swapped = {
      ...good,
      response: { ...(stranger.sign(options).response as object), userHandle: passkey.userHandle },
    };
    expect((await signInBy(swapped)).json().title).toMatch(/could not be verified/);
  });

  test('when the counter went back, as that of a copied passkey does', async () => {
    const { passkey } = await withPasskey('copied@example.com');
    expect((await signInBy(passkey.sign(await signInOptions(), { counter: 50 }))).statusCode).toBe(201);
    expect((await signInBy(passkey.sign(await signInOptions(), { counter: 50 }))).statusCode).toBe(401);
    expect((await signInBy(passkey.sign(await signInOptions(), { counter: 7 }))).statusCode).toBe(401);
    expect((await signInBy(passkey.sign(await signInOptions(), { counter: 51 }))).statusCode).toBe(201);
  });

  test('but an authenticator without a counter is none of that', async () => {
    const headers = await newUser('countless@example.com');
    const passkey = softPasskey(ORIGIN, false);
    expect((await register(headers, passkey)).answer.statusCode).toBe(201);
    for (let times = 0; times < 2; times += 1)
      expect((await signInBy(passkey.sign(await signInOptions()))).statusCode).toBe(201);
  });

  test('and whatever else is sent is an error of the sender', async () => {
    for (const passkey of [{}, { id: 'x' }, { id: '../..', rawId: 'x', type: 'public-key', response: {} }, 'x', null])
      expect((await call('POST', '/api/v1/session/passkey', {}, { passkey })).statusCode).toBe(400);
    const garbled = softPasskey(ORIGIN).sign(await signInOptions());
    const response = { ...(garbled.response as object), clientDataJSON: 'bm90IGpzb24' };
    expect((await signInBy({ ...garbled, response })).statusCode).toBe(401);
    const form = await made.app.inject({
      method: 'POST',
      url: '/api/v1/session/passkey',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      payload: 'passkey=x',
    });
    expect(form.statusCode).toBeOneOf([400, 415]);
  });
});

describe('registering', () => {
  test('is refused from another origin, without a check of the person, twice, or for another user', async () => {
    const headers = await newUser('register@example.com');
    for (const changes of [{ origin: 'https://evil.example' }, { rpId: 'evil.example' }, { isVerified: false }]) {
      const { answer } = await register(headers, softPasskey(ORIGIN), changes);
      expect(answer.json().code, JSON.stringify(changes)).toBe('passkey-not-made');
    }
    const { answer, body } = await register(headers, softPasskey(ORIGIN));
    expect(answer.statusCode).toBe(201);
    const again = await call('POST', '/api/v1/own-security/passkeys', headers, body);
    expect(again.json().code).toBe('passkey-not-made');
    const other = await newUser('register-b@example.com');
    const options = (await call('POST', '/api/v1/own-security/passkeys/options', headers)).json();
    const crossed = await call('POST', '/api/v1/own-security/passkeys', other, {
      name: 'x',
      passkey: softPasskey(ORIGIN).make(options),
    });
    expect(crossed.json().code).toBe('passkey-not-made');
    expect((await own(other)).passkeys).toEqual([]);
  });

  test('the same passkey for a second user is refused: it stays with the first', async () => {
    const { passkey } = await withPasskey('keeper@example.com');
    const thief = await newUser('thief@example.com');
    const { answer } = await register(thief, passkey);
    expect(answer.json().code).toBe('passkey-known');
  });

  test('asks for a recent proof, and twenty are enough', async () => {
    const headers = await newUser('many@example.com');
    for (let at = 0; at < 20; at += 1)
      expect((await register(headers, softPasskey(ORIGIN), {}, `Key ${at}`)).answer.statusCode).toBe(201);
    const more = await call('POST', '/api/v1/own-security/passkeys/options', headers);
    expect(more.json().code).toBe('too-many-passkeys');
    opened.clock.advance(16 * 60_000);
    const late = await call('POST', '/api/v1/own-security/passkeys/options', headers);
    expect(late.json().code).toBe('prove-again');
  });
});

describe('removing', () => {
  test('takes one’s own only, and the last way in never', async () => {
    const mine = await withPasskey('remove@example.com');
    const other = await withPasskey('remove-b@example.com');
    const path = (id: string) => `/api/v1/own-security/passkeys/${id}`;
    expect((await call('DELETE', path(other.id), mine.headers)).statusCode).toBe(404);
    expect((await call('PUT', path(other.id), mine.headers, { name: 'Stolen' })).statusCode).toBe(404);
    expect((await call('PUT', path(mine.id), mine.headers, { name: 'Work laptop' })).statusCode).toBe(204);
    expect((await own(mine.headers)).passkeys[0].name).toBe('Work laptop');
    await opened.database.withSystem((tx) =>
      tx.updateTable('staff_user').set({ password_hash: null }).where('email', '=', 'remove@example.com').execute(),
    );
    expect((await call('DELETE', path(mine.id), mine.headers)).json().code).toBe('last-way-in');
    const second = (await register(mine.headers, softPasskey(ORIGIN))).answer.json();
    expect((await call('DELETE', path(mine.id), mine.headers)).statusCode).toBe(204);
    expect((await signInBy(mine.passkey.sign(await signInOptions()))).json().title).toMatch(/not known here/);
    expect((await call('DELETE', path(second.id), mine.headers)).json().code).toBe('last-way-in');
  });

  test('a disabled user’s passkey opens nothing', async () => {
    const { passkey } = await withPasskey('gone@example.com');
    await opened.database.withSystem((tx) =>
      tx
        .updateTable('staff_user')
        .set({ disabled_at: opened.clock.now() })
        .where('email', '=', 'gone@example.com')
        .execute(),
    );
    expect((await signInBy(passkey.sign(await signInOptions()))).statusCode).toBe(401);
  });
});

test.each([
  ['https://pay.example.com', 'https://pay.example.com', 'pay.example.com'],
  ['https://pay.example.com:8443', 'https://pay.example.com:8443', 'pay.example.com'],
  ['http://127.0.0.1:8080', 'http://localhost:8080', 'localhost'],
  ['http://localhost:8080', 'http://localhost:8080', 'localhost'],
  ['http://[::1]:8080', 'http://localhost:8080', 'localhost'],
])('at %s, opened as %s, passkeys are those of %s', (publicUrl, origin, id) => {
  expect(relyingPartyOf(publicUrl, origin)).toEqual({ isThere: true, id, origin });
});

test.each([
  ['http://127.0.0.1:8080', 'http://127.0.0.1:8080', /open this page as http:\/\/localhost:8080\/staff\//],
  ['http://127.0.0.1:8080', 'http://localhost:9999', /open this page as http:\/\/localhost:8080/],
  ['https://10.1.2.3', 'https://10.1.2.3', /need a name/],
  ['http://pay.example.com', 'http://pay.example.com', /need https/],
  ['https://pay.example.com', 'https://evil.example', /open https:\/\/pay\.example\.com\/staff\//],
  ['https://pay.example.com', 'null', /open https:\/\/pay\.example\.com/],
])('at %s, opened as %s, there are none, and a sentence says why', (publicUrl, origin, why) => {
  expect(relyingPartyOf(publicUrl, origin)).toEqual({ isThere: false, why: expect.stringMatching(why) });
});
