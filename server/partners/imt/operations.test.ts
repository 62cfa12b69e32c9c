import { createImtSandbox, type FaultRule, type ImtSandbox } from '@causeway/sandbox/imt';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { SendOutcome } from '../../features/billers/partner.ts';
import { type Clock, fixedClock, systemClock } from '../../platform/clock.ts';
import { partnerUnderTest, posting, rawAnswer, rawPartner } from './testing/partner-under-test.ts';
import { SYSTEMS } from './testing/systems.ts';

const FINE = '99900001';
/** For a call that is to end by its time: a busy machine signs in well before. */
const SOON_MS = 1_500;
describe.each(SYSTEMS)('balances and payments with $name', (system) => {
  let sandbox: ImtSandbox;
  const opened: { close: () => Promise<void> }[] = [];

  beforeAll(async () => {
    sandbox = await createImtSandbox({ instances: { '3401': system.instance } });
  });
  afterEach(async () => {
    for (const one of opened.splice(0)) await one.close();
    sandbox.reset();
    sandbox.reset(['ledger']);
  });
  afterAll(() => sandbox.close());

  function open(limits: Parameters<typeof partnerUnderTest>[0] = {}, clock: Clock = systemClock) {
    const made = partnerUnderTest(limits, clock, system);
    opened.push(made);
    return made;
  }

  test.each([
    [FINE, 12_840],
    ['20240903', 167_500],
    ['99900021', -2_500],
    ['99900030', 12_840],
    ['99900036', 0],
  ])('the balance of %s is %i cents', async (policy, cents) => {
    const { partner, connect } = open();
    const answer = await partner.balance(connect(sandbox, 'balance'), policy);
    expect(answer).toMatchObject({
      kind: 'balance',
      balance: { currentDueCents: cents },
      transcript: { method: 'GET', status: 200 },
    });
  });

  test('a policy without an entry is unknown to the partner', async () => {
    const { partner, connect } = open();
    expect((await partner.balance(connect(sandbox, 'balance'), '99900020')).kind).toBe('unknown-account');
  });

  test.each([
    ['99900022', 'not-understood'],
    ['99900023', 'not-understood'],
    ['99900024', 'not-understood'],
    ['99900031', 'not-understood'],
    ['99900033', 'partner-error'],
    ['99900034', 'not-understood'],
    ['99900037', 'not-understood'],
  ])('no balance is guessed at for %s: %s', async (policy, reason) => {
    const { partner, connect } = open();
    expect(await partner.balance(connect(sandbox, 'balance'), policy)).toMatchObject({ kind: 'failed', reason });
  });

  const readFaults: [FaultRule['effect'], string][] = [
    [{ kind: 'malformed-json' }, 'not-understood'],
    [{ kind: 'wrong-content-type' }, 'not-understood'],
    [{ kind: 'deep-json' }, 'not-understood'],
    [{ kind: 'odd-json', oddity: 'bad-utf8' }, 'not-understood'],
    [{ kind: 'odd-json', oddity: 'duplicate-keys' }, 'not-understood'],
    [{ kind: 'huge-body' }, 'too-large'],
    [{ kind: 'endless-body' }, 'too-large'],
    [{ kind: 'gzip-bomb' }, 'too-large'],
    [{ kind: 'cut-mid-response' }, 'unreachable'],
    [{ kind: 'cut-before-commit' }, 'unreachable'],
    [{ kind: 'timeout' }, 'timeout'],
    [{ kind: 'slow-headers', everyMs: 50 }, 'timeout'],
    [{ kind: 'slow-body', everyMs: 50 }, 'timeout'],
    [{ kind: 'status', status: 429, retryAfter: '7' }, 'rate-limited'],
    [{ kind: 'status', status: 503 }, 'partner-error'],
    [{ kind: 'redirect', location: '/elsewhere/' }, 'partner-error'],
    [{ kind: 'rename-field', field: 'policy_number', to: 'policyNumber' }, 'not-understood'],
  ];
  test.each(readFaults)('a balance that comes as %j is told as %s, in time', async (effect, reason) => {
    const { partner, connect } = open(reason === 'timeout' ? { balanceMs: SOON_MS } : {});
    if (effect) sandbox.faults.add({ operation: 'balance', effect });
    expect(await partner.balance(connect(sandbox, 'balance'), FINE)).toMatchObject({ kind: 'failed', reason });
  });

  test.each(['bom', 'proto'] as const)('an answer with the oddity %s is read, and pollutes nothing', async (oddity) => {
    const { partner, connect } = open();
    sandbox.faults.add({ operation: 'balance', effect: { kind: 'odd-json', oddity } });
    expect((await partner.balance(connect(sandbox, 'balance'), FINE)).kind).toBe('balance');
    expect(({} as { isAdmin?: boolean }).isAdmin).toBeUndefined();
  });

  const outcomes: [string, SendOutcome['class'], number][] = [
    [FINE, 'POSTED', 1],
    ['99900002', 'REJECTED', 0],
    ['99900003', 'UNKNOWN', 1],
    ['99900004', 'UNKNOWN', 1],
    ['99900005', 'UNKNOWN', 0],
    ['99900006', 'UNKNOWN', 1],
    ['99900007', 'UNKNOWN', 0],
    ['99900008', 'UNKNOWN', 0],
    ['99900009', 'UNKNOWN', 0],
    ['99900010', 'UNKNOWN', 1],
    ['99900011', 'RATE_LIMITED', 0],
    ['99900013', 'UNKNOWN', 0],
    ['99900014', 'UNKNOWN', 0],
    ['99900015', 'POSTED', 1],
    ['99900016', 'POSTED', 1],
    ['99900017', 'REJECTED', 0],
    ['99900018', 'UNKNOWN', 1],
    ['99900019', 'UNKNOWN', 0],
  ];
  test.each(outcomes)('a payment of %s is %s, and the partner booked %i', async (policy, expected, booked) => {
    const { partner, connect } = open({ sendMs: SOON_MS });
    const outcome = await partner.postPayment(connect(sandbox, 'payment'), posting(policy, `81${policy}`), {});
    expect(outcome.class).toBe(expected);
    expect(sandbox.ledger({ policyNumber: policy }).count).toBe(booked);
    const sends = sandbox.requests({ operation: 'payment' }).requests.length;
    // Only a refusal in the partner's own words for the session (403 here) is sent a second time.
    expect(sends).toBe(policy === '99900017' ? 2 : 1);
  });

  const sendFaults: [FaultRule['effect'], SendOutcome['class']][] = [
    [{ kind: 'status', status: 401, body: 'html' }, 'UNKNOWN'],
    [{ kind: 'status', status: 403, body: 'html' }, 'UNKNOWN'],
    [{ kind: 'status', status: 401 }, 'REJECTED'],
    [{ kind: 'status', status: 422, body: 'html' }, 'UNKNOWN'],
    [{ kind: 'status', status: 404, body: 'empty' }, 'UNKNOWN'],
    [{ kind: 'status', status: 429, body: 'html' }, 'UNKNOWN'],
    [{ kind: 'status', status: 408 }, 'UNKNOWN'],
    [{ kind: 'status', status: 200, body: 'empty', commit: true }, 'UNKNOWN'],
    [{ kind: 'status', status: 200, commit: true }, 'UNKNOWN'],
    [{ kind: 'wrong-content-type', commit: true }, 'UNKNOWN'],
    [{ kind: 'odd-json', oddity: 'duplicate-keys', commit: true }, 'UNKNOWN'],
    [{ kind: 'cut-mid-response', commit: true }, 'UNKNOWN'],
    [{ kind: 'huge-body', commit: true }, 'UNKNOWN'],
    [{ kind: 'wrong-echo', field: 'total_paid' }, 'UNKNOWN'],
    [{ kind: 'redirect', status: 308, location: 'http://127.0.0.1:9/payments/' }, 'UNKNOWN'],
  ];
  test.each(sendFaults)('a payment answered by %j is %s', async (effect, expected) => {
    const { partner, connect } = open({ sendMs: 1_500 });
    if (effect) sandbox.faults.add({ operation: 'payment', effect });
    const outcome = await partner.postPayment(connect(sandbox, 'payment'), posting(FINE, '8200'), {});
    expect(outcome.class).toBe(expected);
    expect(sandbox.ledger({ transactionId: '8200' }).count).toBeLessThanOrEqual(1);
  });

  test.each([
    ['120', 120_000],
    ['-5', 0],
    ['315360000', 3_600_000],
    ['Fri, 31 Dec 9999 23:59:59 GMT', 3_600_000],
    ['soon', 5_000],
  ])('a 429 with Retry-After %j waits %i ms', async (retryAfter, retryAfterMs) => {
    const { partner, connect } = open();
    sandbox.faults.add({ operation: 'payment', effect: { kind: 'status', status: 429, retryAfter } });
    const outcome = await partner.postPayment(connect(sandbox, 'payment'), posting(FINE, '8300'), {});
    expect(outcome).toMatchObject({ class: 'RATE_LIMITED', retryAfterMs });
  });

  test('the partner’s own words are kept with a rejection, with the attribute they point at', async () => {
    const { partner, connect } = open();
    expect(await partner.postPayment(connect(sandbox, 'payment'), posting('99900002', '8400'), {})).toMatchObject({
      class: 'REJECTED',
      status: 422,
      sentence: expect.stringContaining('422'),
      transcript: { method: 'POST', status: 422, errors: [{ code: 'invalid', pointer: '/data/attributes' }] },
    });
  });

  test('nothing listens, no host, no such setting: proven not sent', async () => {
    const { partner, connect } = open({ sendMs: 3_000 });
    const closed = await rawPartner(() => null);
    await closed.close();
    for (const to of [
      closed,
      { url: 'not a url', authUrl: 'also not' },
      { url: 'ftp://127.0.0.1/', authUrl: 'ftp://127.0.0.1/' },
    ]) {
      const outcome = await partner.postPayment(connect(to, 'payment'), posting(FINE, '8500'), {});
      expect(outcome.class).toBe('NOT_SENT');
    }
  });

  test('a login that fails, a stale intent and an abort are proven not sent', async () => {
    const { partner, connect } = open();
    const wrong = await partner.postPayment(
      connect(sandbox, 'payment', { password: 'wrong' }),
      posting(FINE, '8601'),
      {},
    );
    expect(wrong).toMatchObject({ class: 'NOT_SENT', reason: expect.stringContaining('login-refused') });
    const stale = await partner.postPayment(connect(sandbox, 'payment'), posting(FINE, '8602'), {
      mayStillSend: () => false,
    });
    expect(stale.class).toBe('NOT_SENT');
    const aborted = await partner.postPayment(connect(sandbox, 'payment'), posting(FINE, '8603'), {
      signal: AbortSignal.abort(),
    });
    expect(aborted.class).toBe('NOT_SENT');
    expect(sandbox.requests({ operation: 'payment' }).requests).toStrictEqual([]);
  });

  test('the hooks of a send are called with half of it and all of it sent', async () => {
    const { partner, connect } = open();
    const seen: string[] = [];
    await partner.postPayment(connect(sandbox, 'payment'), posting(FINE, '8700'), {
      onHalfSent: () => seen.push('half'),
      onSent: () => seen.push('all'),
    });
    expect(seen).toStrictEqual(['half', 'all']);
  });

  test('a payment is never the probe of a sick endpoint: a read is, and then the payment goes', async () => {
    const clock = fixedClock('2026-11-18T15:00:00Z');
    const { partner, connect } = open({}, clock);
    const connection = connect(sandbox, 'payment');
    sandbox.faults.add({ operation: 'payment', count: 5, effect: { kind: 'status', status: 500 } });
    for (let n = 0; n < 5; n += 1) await partner.postPayment(connection, posting(FINE, `880${n}`), {});
    const barred = await partner.postPayment(connection, posting(FINE, '8805'), {});
    expect(barred).toMatchObject({ class: 'NOT_SENT', reason: expect.stringContaining('breaker-open') });
    expect(sandbox.requests({ operation: 'payment' }).requests).toHaveLength(5);
    clock.advance(30_001);
    sandbox.faults.add({ operation: 'balance', count: 1, effect: { kind: 'status', status: 500 } });
    expect((await partner.postPayment(connection, posting(FINE, '8806'), {})).class).toBe('NOT_SENT');
    clock.advance(30_001);
    expect((await partner.postPayment(connection, posting(FINE, '8807'), {})).class).toBe('POSTED');
    expect(sandbox.requests({ operation: 'balance' }).requests).toHaveLength(2);
    expect(sandbox.requests({ operation: 'payment' }).requests).toHaveLength(6);
  });

  test('the base may end in a slash or not, and nothing in an account number changes the address', async () => {
    const { partner, connect } = open();
    sandbox.configure('3401', { makeUnknown: false });
    const bare = connect(
      { url: sandbox.url.replace(/\/$/, ''), authUrl: sandbox.authUrl.replace(/\/$/, '') },
      'balance',
    );
    expect((await partner.balance(bare, FINE)).kind).toBe('balance');
    const odd = '1&filter[policy_number]=2/../#?';
    expect((await partner.balance(bare, odd)).kind).toBe('unknown-account');
    expect(sandbox.requests({ operation: 'balance' }).requests.at(-1)?.policyNumber).toBe(odd);
  });

  const acceptedBody = JSON.stringify({
    data: { type: 'payments', id: FINE, attributes: { transaction_id: '9001', total_paid: '50.00' } },
  });
  test.each([
    ['two answers on one socket', rawAnswer(201, acceptedBody) + rawAnswer(201, acceptedBody), 'POSTED'],
    ['an answer without an end', rawAnswer(201, acceptedBody, { 'content-length': '9999' }), 'UNKNOWN'],
    ['a status line that is none', 'HTTP/9 yes\r\n\r\n', 'UNKNOWN'],
    [
      'two content-lengths',
      rawAnswer(201, acceptedBody).replace('\r\n\r\n', '\r\ncontent-length: 3\r\n\r\n'),
      'UNKNOWN',
    ],
    ['bytes that are no HTTP', Buffer.alloc(100, 0xff), 'UNKNOWN'],
    ['a header without an end', `HTTP/1.1 200 OK\r\nx: ${'a'.repeat(200_000)}`, 'UNKNOWN'],
    ['a swapped answer', rawAnswer(201, acceptedBody.replace('9001', '9002')), 'UNKNOWN'],
  ] as const)('%s is %s', async (_what, bytes, expected) => {
    const raw = await rawPartner(() => bytes);
    opened.push(raw);
    const { partner, connect } = open({ sendMs: SOON_MS });
    const outcome = await partner.postPayment(connect(raw, 'payment'), posting(FINE, '9001'), {});
    expect(outcome.class).toBe(expected);
    expect(raw.requests.filter((line) => line.startsWith('POST /api/payments/'))).toHaveLength(1);
  });

  test('a 401 in the partner’s words leads to one new login and one more send, then the outcome of that', async () => {
    let sends = 0;
    const refusal = JSON.stringify({ errors: [{ status: '401', detail: 'session expired' }] });
    const raw = await rawPartner((head) =>
      head.startsWith('POST /api/payments/') && ++sends === 1 ? rawAnswer(401, refusal) : rawAnswer(201, acceptedBody),
    );
    opened.push(raw);
    const { partner, connect } = open();
    const outcome = await partner.postPayment(connect(raw, 'payment'), posting(FINE, '9001'), {});
    expect(outcome).toMatchObject({
      class: 'POSTED',
      echoed: true,
      transcript: { note: expect.stringContaining('new one') },
    });
    expect(raw.requests.filter((line) => line.startsWith('POST'))).toStrictEqual([
      `POST ${system.signInPath} HTTP/1.1`,
      'POST /api/payments/ HTTP/1.1',
      `POST ${system.signInPath} HTTP/1.1`,
      'POST /api/payments/ HTTP/1.1',
    ]);
  });

  test('no transcript carries the password, the cookie or a login in the address', async () => {
    const { partner, connect } = open();
    const detail = 'sandbox-password sessionid=abcdef123456';
    sandbox.faults.add({ operation: 'balance', effect: { kind: 'status', status: 500, detail } });
    const answer = await partner.balance(connect(sandbox, 'balance'), FINE);
    expect(JSON.stringify(answer)).not.toMatch(/abcdef123456/);
  });
});
