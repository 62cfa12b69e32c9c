import type { FeatureDeps } from '@causeway/server/operator';
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest';
import { withSandboxBillers } from '../../server/testing/sandbox-biller.ts';
import { EXIT } from '../operator.ts';
import { refreshAndTell } from './balance-refresh.ts';

let world: Awaited<ReturnType<typeof withSandboxBillers>>;
beforeAll(async () => {
  world = await withSandboxBillers();
  await world.addBiller(2984);
});
afterEach(() => vi.restoreAllMocks());
afterAll(() => world.close());

async function run(account: string): Promise<{ code: number; told: unknown; said: string }> {
  vi.restoreAllMocks();
  const out = vi.spyOn(process.stdout, 'write').mockReturnValue(true);
  const err = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
  const code = await refreshAndTell(world.deps as unknown as FeatureDeps, { bid: 2984, account, isJson: true });
  return {
    code,
    told: JSON.parse(String(out.mock.calls[0]?.[0])),
    said: err.mock.calls.map(([line]) => String(line)).join(''),
  };
}

test('a fresh balance is exit 0 and exactly the promised JSON', async () => {
  await world.addAccount(2984, '20240903');
  expect(await run('20240903')).toStrictEqual({
    code: EXIT.done,
    told: {
      account: '20240903',
      currentDueCents: 167_500,
      blockAch: false,
      blockCc: false,
      asOf: '2026-11-18T15:00:00Z',
      stale: false,
    },
    said: '',
  });
});

test('a partner that is not there is exit 4, and one that fails is exit 3; both say what to look at', async () => {
  world.sandbox.faults.add({
    operation: 'balance',
    policy: '20240903',
    count: 1,
    effect: { kind: 'cut-before-commit' },
  });
  expect(await run('20240903')).toMatchObject({
    code: EXIT.unreachable,
    told: { currentDueCents: 167_500, stale: true },
    said: expect.stringContaining('Settings 8 and 88'),
  });
  await world.addAccount(2984, '99900033');
  expect(await run('99900033')).toMatchObject({
    code: EXIT.refused,
    told: { currentDueCents: null, asOf: null, stale: true },
    said: expect.stringContaining('Setting 8'),
  });
});
