import { createImtSandbox, type ImtSandbox } from '@causeway/sandbox/imt';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { systemClock } from '../../platform/clock.ts';
import { partnerUnderTest, posting, rawAnswer, rawPartner } from './testing/partner-under-test.ts';
import { PRIVATE_KEY, SPECTRUMS, type SystemUnderTest } from './testing/systems.ts';

const FINE = '99900001';
const [, BY_TOKEN] = SPECTRUMS as [SystemUnderTest, SystemUnderTest];
let sandbox: ImtSandbox;
const opened: { close: () => Promise<void> }[] = [];

beforeAll(async () => {
  sandbox = await createImtSandbox({ instances: { '5501': BY_TOKEN.instance } });
});
afterEach(async () => {
  for (const one of opened.splice(0)) await one.close();
  sandbox.configure('5501', { ...BY_TOKEN.instance, users: { causeway: 'sandbox-password' } });
  sandbox.reset();
});
afterAll(() => sandbox.close());

function open() {
  const made = partnerUnderTest({ lingerMs: 0 }, systemClock, BY_TOKEN);
  opened.push(made);
  return made;
}
const operations = (): string[] => sandbox.requests().requests.map((each) => `${each.operation} ${each.status}`);

test('it can be asked for balances and be told payments, and nothing else', () => {
  const { partner } = open();
  expect(partner.name).toBe('IMT Spectrum');
  expect(partner.abilities).toStrictEqual({
    operations: ['balance', 'payment'],
    hasSeparateSignIn: false,
    hasEnvironments: false,
    hasPrivateKey: true,
    sendsSingleInvoices: false,
  });
});

test('a private key and a password with a | in them reach the partner whole', async () => {
  sandbox.configure('5501', { privateKey: 'a|b\\|c|', users: { causeway: '|p|' } });
  const { partner, connect } = open();
  const login = { privateKey: 'a|b\\|c|', password: '|p|' };
  expect((await partner.balance(connect(sandbox, 'balance', login), FINE)).kind).toBe('balance');
});

test.each([
  ['a wrong private key', { privateKey: 'wrong' }],
  ['a wrong password', { password: 'wrong' }],
  ['the two the wrong way round', { privateKey: 'sandbox-password', password: PRIVATE_KEY }],
])('%s is refused at the login, and nothing is sent', async (_what, login) => {
  const { partner, connect } = open();
  const outcome = await partner.postPayment(connect(sandbox, 'payment', login), posting(FINE, '1'), {});
  expect(outcome).toMatchObject({ class: 'NOT_SENT', reason: expect.stringContaining('login-refused') });
  expect(JSON.stringify(outcome)).not.toMatch(/9w!tbb|"wrong"/);
  expect(sandbox.requests({ operation: 'payment' }).requests).toStrictEqual([]);
});

test('a wrong private key never rides on the session of the right one', async () => {
  const { partner, connect } = open();
  const hold = await partner.holdSession(connect(sandbox, 'balance'));
  const wrong = connect(sandbox, 'balance', { privateKey: 'guess' });
  expect(await partner.balance(wrong, FINE)).toMatchObject({ kind: 'failed', reason: 'login-refused' });
  await hold.release();
});

test.each(SPECTRUMS)(
  '$name: the session is opened, used, renewed when it expired, and closed by username',
  async (system) => {
    sandbox.configure('5501', system.instance);
    const { partner, connect } = open();
    const connection = connect(sandbox, 'balance');
    const hold = await partner.holdSession(connection);
    await partner.balance(connection, FINE);
    sandbox.expireSessions('5501');
    expect((await partner.balance(connection, FINE)).kind).toBe('balance');
    await hold.release();
    await expect
      .poll(operations)
      .toStrictEqual(['login 201', 'balance 200', 'balance 401', 'login 201', 'balance 200', 'close 200']);
    expect(sandbox.requests({ operation: 'close' }).requests[0]?.path).toBe('/5501/api/sessions/causeway');
  },
);

test('settings 8 and 11 at the one address share one session, with a slash at the end or without', async () => {
  const { partner, connect } = open();
  const bare = { url: sandbox.url.replace(/\/$/, ''), authUrl: '' };
  const hold = await partner.holdSession(connect(sandbox, 'balance'));
  expect((await partner.postPayment(connect(bare, 'payment'), posting(FINE, '7'), {})).class).toBe('POSTED');
  expect(partner.sessions()).toHaveLength(1);
  await hold.release();
  expect(operations().filter((each) => each.startsWith('login'))).toHaveLength(1);
});

test('paperless, AutoPay and PDFs are never asked of it, whatever the connection says', async () => {
  const { partner, connect } = open();
  expect((await partner.setPaperless(connect(sandbox, 'paperless'), FINE, true, {})).class).toBe('NOT_SENT');
  expect((await partner.setAutoPay(connect(sandbox, 'autopay'), FINE, true, {})).class).toBe('NOT_SENT');
  expect(await partner.billPdf(connect(sandbox, 'pdf'), FINE)).toMatchObject({ kind: 'failed', reason: 'guard' });
  expect(operations()).toStrictEqual([]);
});

describe('the answer to a login', () => {
  const session = (attributes: unknown): string => JSON.stringify({ data: { type: 'sessions', id: '1', attributes } });
  const balance = rawAnswer(200, '{"data":[]}');
  const token = session({ token: 'abc.def-123_~+/==' });
  const cookie = { 'set-cookie': 'sessionid=abc12345; Path=/' };
  test.each([
    ['a token alone', rawAnswer(201, token), 'authorization: Bearer abc.def-123_~+/=='],
    ['a cookie and no body', rawAnswer(204, '', cookie), 'cookie: sessionid=abc12345'],
    ['a cookie and a page', rawAnswer(200, '<html>', { ...cookie, 'content-type': 'text/html' }), 'cookie: sessionid='],
    ['a token and a cookie that deletes', rawAnswer(201, token, { 'set-cookie': 'old=1; Max-Age=0' }), 'Bearer abc'],
  ])('%s opens a session that every request carries', async (_what, login, carried) => {
    const heads: string[] = [];
    const raw = await rawPartner(
      (head) => {
        heads.push(head.split('\r\n\r\n', 1)[0] ?? '');
        return head.startsWith('POST') ? login : balance;
      },
      { signsIn: false },
    );
    opened.push(raw);
    const { partner, connect } = open();
    expect((await partner.balance(connect(raw, 'balance'), FINE)).kind).toBe('unknown-account');
    expect(heads.find((head) => head.startsWith('GET'))).toContain(carried);
  });

  test.each([
    ['neither token nor cookie', rawAnswer(201, session({ username: 'causeway' })), /neither a token nor a cookie/],
    ['an empty token', rawAnswer(201, session({ token: '' })), /neither a token nor a cookie/],
    ['a token that would break out of its header', rawAnswer(201, session({ token: 'a\r\nx: y' })), /token is none/],
    ['a token in an answer of another type', rawAnswer(201, token, { 'content-type': 'text/html' }), /neither/],
    ['a token in an error document', rawAnswer(201, `{"errors":[{"detail":"no"}]}`), /neither/],
  ])('%s is a login that failed, with its reason', async (_what, login, why) => {
    const raw = await rawPartner(() => login, { signsIn: false });
    opened.push(raw);
    const { partner, connect } = open();
    expect(await partner.balance(connect(raw, 'balance'), FINE)).toMatchObject({
      kind: 'failed',
      reason: 'login-refused',
      sentence: expect.stringMatching(why),
    });
  });
});

test('nothing told of a call holds the private key, the password or the token', async () => {
  const { partner, connect } = open();
  const detail = `${PRIVATE_KEY} sandbox-password`;
  sandbox.faults.add({ operation: 'balance', effect: { kind: 'status', status: 500, detail } });
  const told = JSON.stringify(await partner.balance(connect(sandbox, 'balance'), FINE));
  expect(told).not.toContain(PRIVATE_KEY);
  expect(told).not.toContain('sandbox-password');
});
