import { expect, test } from 'vitest';
import { createTogether } from './read-together.ts';

const statement = { name: 'by-key', text: '…', key: 'id' };

/** Answers every key but those that begin with `x`, and remembers what each statement asked for. */
function withAsked() {
  const asked: (readonly unknown[])[] = [];
  const read = createTogether(async (bid, _statement, values) => {
    asked.push(values);
    return (values[1] as string[]).filter((id) => !id.startsWith('x')).map((id) => ({ id, bid }));
  });
  return { asked, read };
}

test('reads that come at once share a statement, and each gets its own row', async () => {
  const { asked, read } = withAsked();
  const rows = await Promise.all(['1', '2', 'x', '1'].map((key) => read(7, statement, key)));
  expect(rows).toEqual([{ id: '1', bid: 7 }, { id: '2', bid: 7 }, undefined, { id: '1', bid: 7 }]);
  expect(asked).toEqual([[7, ['1', '2', 'x']]]);
});

test('billers and statements are never mixed', async () => {
  const { asked, read } = withAsked();
  const rows = await Promise.all([
    read(1, statement, 'a'),
    read(2, statement, 'a'),
    read(1, { ...statement, name: 'other' }, 'a'),
  ]);
  expect(rows).toEqual([
    { id: 'a', bid: 1 },
    { id: 'a', bid: 2 },
    { id: 'a', bid: 1 },
  ]);
  expect(asked).toHaveLength(3);
});

test('a read that comes after a statement began makes one of its own, so it sees what was written before it', async () => {
  const { asked, read } = withAsked();
  await read(1, statement, 'a');
  await read(1, statement, 'a');
  expect(asked).toHaveLength(2);
});

test('a statement carries at most 100 keys, and none is left out', async () => {
  const { asked, read } = withAsked();
  const keys = Array.from({ length: 250 }, (_, at) => String(at));
  const rows = await Promise.all(keys.map((key) => read(1, statement, key)));
  expect(rows.map((row) => row?.id)).toEqual(keys);
  expect(asked.map((values) => (values[1] as string[]).length)).toEqual([100, 100, 50]);
});

test('a failing statement fails every read that shared it, and none after it', async () => {
  let isBroken = true;
  const read = createTogether(async (_bid, _statement, values) => {
    if (isBroken) throw new Error('away');
    return (values[1] as string[]).map((id) => ({ id }));
  });
  const results = await Promise.allSettled([read(1, statement, 'a'), read(1, statement, 'b')]);
  expect(results.map((result) => result.status)).toEqual(['rejected', 'rejected']);
  isBroken = false;
  expect(await read(1, statement, 'a')).toEqual({ id: 'a' });
});
