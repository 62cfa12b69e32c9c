import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { withTestDatabase } from '../../testing/database.ts';
import { findAccount, searchAccounts, setBlockFlags, updateAccountFacts } from './account-store.ts';
import { lastNameForms, matchAccount } from './match-account.ts';

const BID = 2984;
let opened: Awaited<ReturnType<typeof withTestDatabase>>;
const inBiller = <T>(
  act: (tx: Parameters<Parameters<typeof opened.database.withBiller>[1]>[0]) => Promise<T>,
  bid = BID,
) => opened.database.withBiller(bid, act as never) as Promise<T>;

beforeAll(async () => {
  opened = await withTestDatabase();
  const names = [
    'Ann Olsen',
    'OLSEN, BERT',
    'Carla de la Cruz & Dan Oak Jr.',
    'Prairie Pine Farms LLC',
    '100% Organic_Farm',
  ];
  await inBiller(async (tx) => {
    for (const [index, name] of names.entries())
      await sql`insert into account (bid, account_number, customer_name, zip) values (${BID}, ${`10${index}`}, ${name}, ${index === 0 ? '50309-1234' : null})`.execute(
        tx,
      );
  });
});
afterAll(async () => await opened.close());

const match = (given: { accountNumber: string; lastName?: string; zip?: string }) =>
  inBiller((tx) => matchAccount(tx, BID, given));

test('an account is found with its last name or zip, never by its number alone', async () => {
  expect((await match({ accountNumber: '100', lastName: 'olsen' }))?.customerName).toBe('Ann Olsen');
  expect(await match({ accountNumber: '100', zip: '50309' })).toBeDefined();
  expect(await match({ accountNumber: '100', zip: '50309-9999', lastName: 'ÓLSEN' })).toBeDefined();
  expect(await match({ accountNumber: '100' })).toBeUndefined();
  expect(await match({ accountNumber: '100', lastName: '' })).toBeUndefined();
  expect(await match({ accountNumber: '100', lastName: 'Ann' })).toBeUndefined();
  expect(await match({ accountNumber: '100', lastName: 'olsen', zip: '11111' })).toBeUndefined();
  expect(await match({ accountNumber: '999', lastName: 'Atall' })).toBeUndefined();
  expect(await match({ accountNumber: '101', zip: '' })).toBeUndefined();
});

test('another biller’s account is not found', async () => {
  expect(await inBiller((tx) => matchAccount(tx, 77, { accountNumber: '100', lastName: 'olsen' }), 77)).toBeUndefined();
});

test('last names: before a comma, after a first name, of each person, of several words, and a company’s whole name', () => {
  expect(lastNameForms('OLSEN, BERT')).toContain('olsen');
  expect(lastNameForms('Carla de la Cruz & Dan Oak Jr.')).toEqual(
    expect.arrayContaining(['cruz', 'de la cruz', 'oak']),
  );
  expect(lastNameForms('Carla de la Cruz & Dan Oak Jr.')).not.toContain('carla');
  expect(lastNameForms("Mary O'Neil")).toContain('oneil');
  expect(lastNameForms('Prairie Pine Farms LLC')).toContain('prairie pine farms llc');
});

test('a search finds by the start of a number or of any word of the name, page by page, and takes % and _ as they are', async () => {
  const search = (q: string, cursor?: string, limit = 50) =>
    inBiller((tx) => searchAccounts(tx, BID, { q, cursor, limit }));
  const numbers = async (q: string) => (await search(q)).items.map((account) => account.accountNumber);
  expect(await numbers('10')).toEqual(['100', '101', '102', '103', '104']);
  expect(await numbers('OLS')).toEqual(['100', '101']);
  expect(await numbers('oak')).toEqual(['102']);
  expect(await numbers('organic_')).toEqual(['104']);
  expect(await numbers('%')).toEqual([]);
  const first = await search('ols', undefined, 1);
  const second = await search('ols', first.nextCursor ?? '', 1);
  expect([first.items[0]?.accountNumber, second.items[0]?.accountNumber, second.nextCursor]).toEqual([
    '100',
    '101',
    null,
  ]);
  await expect(search('ols', 'nonsense')).rejects.toThrow('cursor');
});

test('flags and facts write only what changes', async () => {
  const flags = { ach: true, cc: false, reason: 'partner' };
  const twice = await inBiller(async (tx) => [
    await setBlockFlags(tx, BID, '101', flags),
    await setBlockFlags(tx, BID, '101', flags),
  ]);
  expect(twice).toEqual([true, false]);
  expect(await inBiller((tx) => updateAccountFacts(tx, BID, '101', { zip: '60601', email: null, city: ' ' }))).toBe(
    true,
  );
  expect(await inBiller((tx) => updateAccountFacts(tx, BID, '101', { zip: '60601' }))).toBe(false);
  expect(await inBiller((tx) => findAccount(tx, BID, '101'))).toMatchObject({
    zip: '60601',
    customerName: 'OLSEN, BERT',
    blockAch: true,
    city: null,
  });
});
