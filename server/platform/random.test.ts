import fc from 'fast-check';
import { expect, test } from 'vitest';
import { seededRandom, systemRandom } from './random.ts';

test('ids are version 7 UUIDs, distinct, and sort by the time they were made', () => {
  const ids = Array.from({ length: 2_000 }, () => systemRandom.uuid());
  for (const id of ids) expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  expect(new Set(ids).size).toBe(ids.length);
  const times = ids.map((id) => Number.parseInt(id.replaceAll('-', '').slice(0, 12), 16));
  expect(times.toSorted((a, b) => a - b)).toEqual(times);
  expect(Math.abs((times[0] ?? 0) - Date.now())).toBeLessThan(60_000);
});

test('tokens carry 256 bits unless told otherwise', () => {
  expect(Buffer.from(systemRandom.token(), 'base64url')).toHaveLength(32);
  expect(Buffer.from(systemRandom.token(16), 'base64url')).toHaveLength(16);
  expect(systemRandom.token()).not.toBe(systemRandom.token());
});

test('fractions lie in [0, 1) and are spread evenly', () => {
  for (const random of [systemRandom, seededRandom(1)]) {
    const drawn = Array.from({ length: 20_000 }, () => random.fraction());
    expect(drawn.every((value) => value >= 0 && value < 1)).toBe(true);
    const mean = drawn.reduce((sum, value) => sum + value, 0) / drawn.length;
    expect(Math.abs(mean - 0.5)).toBeLessThan(0.02);
  }
});

test('the same seed gives the same values, another seed others', () => {
  const draw = (seed: number) => {
    const random = seededRandom(seed);
    return [random.uuid(), random.token(), random.fraction(), random.bytes(5).toString('hex')];
  };
  fc.assert(
    fc.property(fc.integer(), (seed) => {
      expect(draw(seed)).toEqual(draw(seed));
      expect(draw(seed)[1]).not.toBe(draw(seed + 1)[1]);
    }),
    { numRuns: 50 },
  );
});
