import { createImtSandbox, type ImtSandbox } from '@causeway/sandbox/imt';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { systemClock } from '../../platform/clock.ts';
import { partnerUnderTest, posting } from './testing/partner-under-test.ts';
import { SYSTEMS } from './testing/systems.ts';

const FINE = '99900001';
describe.each(SYSTEMS)('sessions with $name', (system) => {
  let sandbox: ImtSandbox;
  const opened: { close: () => Promise<void> }[] = [];

  beforeAll(async () => {
    sandbox = await createImtSandbox({
      instances: { '3401': { ...system.instance, users: { causeway: 'sandbox-password', second: 'second-password' } } },
    });
  });
  afterEach(async () => {
    for (const one of opened.splice(0)) await one.close();
    sandbox.reset();
  });
  afterAll(() => sandbox.close());

  function open(limits: Parameters<typeof partnerUnderTest>[0] = {}) {
    const made = partnerUnderTest(limits, systemClock, system);
    opened.push(made);
    return made;
  }
  const count = (operation: string): number => sandbox.requests().byOperation[operation] ?? 0;

  test('fifty requests at once open one session, and it is closed once after the last', async () => {
    const { partner, connect } = open({ lingerMs: 20 });
    const connection = connect(sandbox, 'balance');
    const answers = await Promise.all(Array.from({ length: 50 }, () => partner.balance(connection, FINE)));
    expect(answers.every((answer) => answer.kind === 'balance')).toBe(true);
    expect(count('login')).toBe(1);
    await expect.poll(() => partner.sessions()).toStrictEqual([]);
    expect(count('close')).toBe(1);
  });

  test('work that follows within the linger reuses the session; work after it opens another', async () => {
    const { partner, connect } = open({ lingerMs: 60 });
    const connection = connect(sandbox, 'balance');
    await partner.balance(connection, FINE);
    await partner.balance(connection, FINE);
    expect(count('login')).toBe(1);
    await expect.poll(() => count('close')).toBe(1);
    await partner.balance(connection, FINE);
    expect(count('login')).toBe(2);
  });

  test('a login that arrives while the session is being closed waits for the close, which would end it too', async () => {
    const { partner, connect } = open({ lingerMs: 0 });
    const connection = connect(sandbox, 'balance');
    sandbox.faults.add({ operation: 'close', effect: { kind: 'latency', ms: 150 } });
    await partner.balance(connection, FINE);
    await expect.poll(() => count('close')).toBe(1);
    expect((await partner.balance(connection, FINE)).kind).toBe('balance');
    const order = sandbox.requests().requests.map((request) => `${request.operation} ${request.status}`);
    expect(order.slice(0, 5)).toStrictEqual(['login 201', 'balance 200', 'close 200', 'login 201', 'balance 200']);
  });

  test('an expired session is renewed by one login for all who were refused, and each request is repeated once', async () => {
    const { partner, connect } = open();
    const connection = connect(sandbox, 'balance');
    await partner.balance(connection, FINE);
    sandbox.expireSessions('3401');
    const answers = await Promise.all(Array.from({ length: 8 }, () => partner.balance(connection, FINE)));
    expect(answers.every((answer) => answer.kind === 'balance')).toBe(true);
    expect(count('login')).toBe(2);
  });

  test('another node’s close in the middle of a run costs one login, not a failure', async () => {
    const { partner, connect } = open();
    const connection = connect(sandbox, 'payment');
    sandbox.faults.add({ operation: 'payment', skip: 2, count: 1, effect: { kind: 'other-node-close' } });
    const hold = await partner.holdSession(connection);
    for (let n = 1; n <= 5; n += 1) {
      expect((await partner.postPayment(connection, posting(FINE, `7000${n}`), {})).class).toBe('POSTED');
    }
    await hold.release();
    expect(count('login')).toBe(2);
    const ledger = sandbox.ledger({ policyNumber: FINE });
    expect([ledger.count, ledger.doubleBooked]).toStrictEqual([5, {}]);
  });

  test('a held session stays open between the requests of a run', async () => {
    const { partner, connect } = open({ lingerMs: 0 });
    const connection = connect(sandbox, 'balance');
    const hold = await partner.holdSession(connection);
    expect(hold.failure).toBeUndefined();
    for (let n = 0; n < 5; n += 1) await partner.balance(connection, FINE);
    expect([count('login'), count('close')]).toStrictEqual([1, 0]);
    expect(partner.sessions()).toMatchObject([{ username: 'causeway', leases: 1 }]);
    await hold.release();
    await expect.poll(() => count('close')).toBe(1);
  });

  test('a wrong password is tried twice, then left alone however many ask', async () => {
    const { partner, connect } = open();
    const connection = connect(sandbox, 'balance', { password: 'wrong' });
    const answers = await Promise.all(Array.from({ length: 30 }, () => partner.balance(connection, FINE)));
    answers.push(await partner.balance(connection, FINE));
    expect(answers.every((answer) => answer.kind === 'failed' && answer.reason === 'login-refused')).toBe(true);
    expect(count('login')).toBe(2);
    expect(JSON.stringify(answers)).not.toContain('"wrong"');
  });

  test('a wrong password never rides on the session of the right one', async () => {
    const { partner, connect } = open();
    expect((await partner.balance(connect(sandbox, 'balance'), FINE)).kind).toBe('balance');
    expect(await partner.balance(connect(sandbox, 'balance', { password: 'guess' }), FINE)).toMatchObject({
      kind: 'failed',
      reason: 'login-refused',
    });
  });

  test('two users have a session each, and closing one leaves the other', async () => {
    const { partner, connect } = open({ lingerMs: 0 });
    const second = connect(sandbox, 'balance', { username: 'second', password: 'second-password' });
    const hold = await partner.holdSession(second);
    await partner.balance(connect(sandbox, 'balance'), FINE);
    await expect.poll(() => count('close')).toBe(1);
    expect((await partner.balance(second, FINE)).kind).toBe('balance');
    expect(count('login')).toBe(2);
    await hold.release();
  });

  // With a token, what cookies say is not what the session rests on.
  const brokenLogins = ['cookie', undefined].includes(system.instance.sessionAnswer)
    ? (['no-cookie', 'two-cookies'] as const)
    : (['no-cookie'] as const);
  test.each(brokenLogins)('a login with %s is a named failure, and nothing is sent', async (kind) => {
    const { partner, connect } = open();
    sandbox.faults.add({ operation: 'login', effect: { kind } });
    const outcome = await partner.postPayment(connect(sandbox, 'payment'), posting(FINE, '7100'), {});
    expect(outcome).toMatchObject({ class: 'NOT_SENT', reason: expect.stringMatching(/cookie/) });
    expect(count('payment')).toBe(0);
  });

  test('a close that hangs or fails is no failure of the work, and stops nothing for long', async () => {
    const { partner, connect } = open({ lingerMs: 0 });
    sandbox.faults.add({ operation: 'close', effect: { kind: 'status', status: 500 }, count: 1 });
    expect((await partner.balance(connect(sandbox, 'balance'), FINE)).kind).toBe('balance');
    await expect.poll(() => count('close')).toBe(1);
    await expect
      .poll(() => sandbox.requests().requests.find((request) => request.operation === 'close')?.status)
      .toBe(500);
    sandbox.faults.add({ operation: 'close', effect: { kind: 'timeout' } });
    await partner.holdSession(connect(sandbox, 'balance'));
    // Whoever waits without a bound fails by the time-out of the test.
    await partner.close();
  });

  test('stopping closes every open session and opens no more', async () => {
    const { partner, connect } = open();
    await partner.balance(connect(sandbox, 'balance'), FINE);
    await partner.close();
    expect(count('close')).toBe(1);
    expect(await partner.balance(connect(sandbox, 'balance'), FINE)).toMatchObject({ kind: 'failed', reason: 'guard' });
  });

  test('one who waits for a slow login no longer than its time leaves the login to the others', async () => {
    const { partner, connect } = open({ balanceMs: 1_500 });
    sandbox.faults.add({ operation: 'login', count: 1, effect: { kind: 'latency', ms: 4_000 } });
    const connection = connect(sandbox, 'balance');
    const hold = partner.holdSession(connection);
    expect(await partner.balance(connection, FINE)).toMatchObject({ kind: 'failed', reason: 'timeout' });
    await (await hold).release();
    await expect.poll(async () => (await partner.balance(connection, FINE)).kind).toBe('balance');
    expect(count('login')).toBe(1);
  });
});
