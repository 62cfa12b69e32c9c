import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createWriteTogether } from './write-together.ts';

const statement = { name: 'write', text: '…', key: 'id' };

/** Stores rows as a table would; a statement ends when the test lets it. */
function table(refuses: (key: string) => boolean = () => false) {
  const statements: string[][] = [];
  const stored = new Map<string, unknown>();
  const write = createWriteTogether(async (_bid, _statement, values) => {
    const keys = values[1] as string[];
    const amounts = values[2] as number[];
    statements.push(keys);
    await new Promise((resolve) => setImmediate(resolve));
    const bad = keys.find(refuses);
    if (bad !== undefined) throw Object.assign(new Error(`${bad} can't be stored`), { code: '22P05' });
    keys.forEach((key, at) => {
      stored.set(key, amounts[at]);
    });
    return keys.map((id, at) => ({ id, amount: amounts[at] }));
  });
  return { statements, stored, write };
}

test('writes that come at once share a statement, keys in order, and each hears of its own row', async () => {
  const { statements, write } = table();
  const rows = await Promise.all(['c', 'a', 'b'].map((key, at) => write(1, statement, { key, columns: [at] })));
  expect(rows).toEqual([
    { id: 'c', amount: 0 },
    { id: 'a', amount: 1 },
    { id: 'b', amount: 2 },
  ]);
  expect(statements).toEqual([['a', 'b', 'c']]);
});

test('a key stands in a statement once: two writes of it happen one after the other, the later last', async () => {
  const { statements, stored, write } = table();
  await Promise.all([1, 2].map((amount) => write(1, statement, { key: 'a', columns: [amount] })));
  expect(statements).toEqual([['a'], ['a']]);
  expect(stored.get('a')).toBe(2);
});

test('one bad row fails alone: its neighbours are stored', async () => {
  const { stored, write } = table((key) => key === 'bad');
  const results = await Promise.allSettled(['a', 'bad', 'c'].map((key) => write(1, statement, { key, columns: [7] })));
  expect(results.map((result) => result.status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
  expect([...stored.keys()]).toEqual(['a', 'c']);
});

test('a database that is away is told to every write at once, without a try for each', async () => {
  let tries = 0;
  const write = createWriteTogether(async () => {
    tries += 1;
    throw new Error('away');
  });
  const results = await Promise.allSettled(['a', 'b', 'c'].map((key) => write(1, statement, { key, columns: [] })));
  expect(results.every((result) => result.status === 'rejected')).toBe(true);
  expect(tries).toBe(1);
});

test('whatever comes when, nothing is lost, nothing is mixed between billers, and a statement holds at most 100 rows', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(
        fc.record({ bid: fc.integer({ min: 1, max: 2 }), key: fc.integer({ min: 0, max: 150 }), waits: fc.boolean() }),
        {
          maxLength: 300,
        },
      ),
      async (writes) => {
        let largest = 0;
        const write = createWriteTogether(async (bid, _statement, values) => {
          const keys = values[1] as string[];
          largest = Math.max(largest, keys.length);
          expect(new Set(keys).size).toBe(keys.length);
          return keys.map((id, at) => ({ id, bid, n: (values[2] as number[])[at] }));
        });
        const told: Promise<unknown>[] = [];
        for (const [n, one] of writes.entries()) {
          told.push(write(one.bid, statement, { key: String(one.key), columns: [n] }));
          if (one.waits) await new Promise((resolve) => setImmediate(resolve));
        }
        const rows = await Promise.all(told);
        expect(rows).toEqual(writes.map(({ bid, key }, n) => ({ id: String(key), bid, n })));
        expect(largest).toBeLessThanOrEqual(100);
      },
    ),
    { numRuns: 50 },
  );
});
