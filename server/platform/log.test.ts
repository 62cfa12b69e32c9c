import { expect, test } from 'vitest';
import { createLog } from './log.ts';
import { Secret } from './secrets.ts';

function logged(act: (log: ReturnType<typeof createLog>) => void, pretty = false): string {
  let lines = '';
  act(
    createLog({
      level: 'debug',
      pretty,
      destination: {
        write: (line) => {
          lines += line;
        },
      },
    }),
  );
  return lines;
}

test('a secret never reaches a line, by type or by name, at any depth, in children, errors and messages', () => {
  const secret = new Secret('canary-1');
  const lines = logged((log) => {
    log.info({ secret, deep: { list: [{ secret }] } }, `text ${secret}`);
    log.info({ headers: { Authorization: 'canary-2', cookie: 'canary-3', 'Set-Cookie': ['canary-4'] } });
    const child = log.child({ token: 'canary-5', inner: { apiKey: 'canary-6' } });
    child.warn('from a child');
    child.child({ cookie: 'canary-11', secret }).warn({ password: 'canary-12' }, 'from a grandchild');
    log.error(Object.assign(new Error('failed', { cause: { password: 'canary-7' } }), { privateKey: 'canary-8' }));
    log.error({ err: Object.assign(new Error('x'), { token: 'canary-9' }) }, 'with an error');
    log.info('%s and %j', secret, { secret });
    log.info(new Map([['a', secret]]));
    log.info({ body: Buffer.from('canary-10') });
  });
  expect(lines).not.toMatch(/canary/);
  expect(lines).toContain('••••');
  expect(lines).toContain('from a grandchild');
  expect(lines).toContain('"type":"Error","message":"failed"');
});

test('a line break in a value cannot forge a line, in JSON or for people', () => {
  const forge = 'bob\r\n{"level":"info","msg":"forged"}';
  for (const pretty of [false, true]) {
    const lines = logged((log) => log.info({ user: forge }, forge), pretty);
    expect(lines.trimEnd().split(/[\r\n]/)).toHaveLength(1);
  }
});

test('for people: the time of day, the level, the message, the fields', () => {
  const line = logged((log) => log.info({ bid: 2984 }, 'balance refreshed'), true);
  expect(line).toMatch(/^\d\d:\d\d:\d\d\.\d{3} INFO {2}balance refreshed bid=2984\n$/);
});

test('logging never throws: not for a full disk, a getter that throws, a cycle, or a bigint', () => {
  const full = createLog({
    level: 'info',
    destination: {
      write() {
        throw new Error('ENOSPC');
      },
    },
  });
  expect(() => full.info('x')).not.toThrow();
  const trap = {
    get value(): string {
      throw new Error('no');
    },
  };
  const cycle: Record<string, unknown> = {};
  cycle.self = cycle;
  const lines = logged((log) => {
    log.info(trap);
    log.info({ trap });
    log.child(trap).info('child');
    log.info({ cycle, big: 10n }, 'strange');
    log.info({
      toJSON: () => {
        throw new Error('no');
      },
    });
  });
  expect(lines).toContain('strange');
});
