import { expect, test } from 'vitest';
import { plantedMistakes } from './planted-mistakes.ts';
import { runSeeds } from './run-simulation.ts';
import { simulate } from './simulate.ts';

const SEEDS = Number(process.env.SIMULATION_SEEDS ?? 20_000);
const MINUTES_MAX = 30;

test(`${SEEDS} seeds of two workers under every fault lose nothing, double nothing, leave nothing stuck`, {
  timeout: MINUTES_MAX * 60_000,
}, async () => {
  const done = await runSeeds({ first: 1, count: SEEDS });
  expect(done.failed).toEqual([]);
  expect(done.unknowns).toBeGreaterThan(SEEDS / 4);
  expect(done.byEvidence).toBeGreaterThan(SEEDS / 20);
});

test('a seed is the same run every time', async () => {
  for (const seed of [7, 1859, 15_982]) {
    const [one, other] = [await simulate(seed), await simulate(seed)];
    expect(other).toEqual(one);
  }
});

test.for(plantedMistakes)(
  'the mistake “$name” is caught within $seedsMax seeds',
  { timeout: MINUTES_MAX * 60_000 },
  async (mistake) => {
    const done = await runSeeds({ first: 1, count: mistake.seedsMax, mistake, stopAtFirst: true });
    expect(done.failed.at(-1)?.faults.join('; ')).toMatch(new RegExp(`(^|; )${mistake.harm}`));
  },
);
