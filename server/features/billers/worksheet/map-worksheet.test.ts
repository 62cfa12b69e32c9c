import fc from 'fast-check';
import { expect, test } from 'vitest';
import { testPartners } from '../../../testing/staff.ts';
import { findEntries } from './find-entries.ts';
import { type Answers, mapWorksheet } from './map-worksheet.ts';
import { parseWorksheet } from './parse-worksheet.ts';
import { wordsOf } from './worksheet-names.ts';

const partners = testPartners();
const own = new Set(wordsOf('IMT Spectrum'));

async function map(
  text: string,
  from: {
    partner?: string;
    mapping?: Answers['mapping'];
    system?: Answers['system'];
    isMultiEnvironment?: boolean;
  } = {},
) {
  const mapped = mapWorksheet(findEntries(await parseWorksheet(Buffer.from(text)), own), {
    partner: partners.get(from.partner ?? 'Few Abilities'),
    isMultiEnvironment: from.isMultiEnvironment ?? false,
    answers: { mapping: from.mapping ?? {}, system: from.system },
  });
  return {
    settings: mapped.settings,
    states: mapped.entries.map((one) => `${one.entry.cell} ${one.state} ${one.targets.join(',')}`.trim()),
    why: mapped.entries.flatMap((one) => one.why ?? []),
    suggestions: mapped.entries.map((one) => one.suggestions),
  };
}

const whole = { kind: 'keyAndPassword', privateKey: { set: '9w!tbbKa' }, password: { set: '99A9|9F' } };

test('key and password as two rows, one of them with a bar, become settings 10 and 13 of a partner with a private key', async () => {
  const { settings, states } = await map(
    'Name,Value\nIMT Spectrum URL,https://api.example/core\nUsername,pine\nPrivate Key,9w!tbbKa\nPassword,99A9|9F\n',
  );
  expect(settings).toEqual({
    8: { kind: 'text', value: 'https://api.example/core' },
    9: { kind: 'text', value: 'pine' },
    10: whole,
    11: { kind: 'text', value: 'https://api.example/core' },
    12: { kind: 'text', value: 'pine' },
    13: whole,
  });
  expect(states[2]).toBe('B4 mapped 10.privateKey,13.privateKey');
});

test('the same as one value with a bar between', async () => {
  const { settings } = await map('Private Key | Password;9w!tbbKa|99A9\\|9F\nURL;https://api.example/\n');
  expect(settings[10]).toEqual(whole);
  expect(settings[13]).toEqual(whole);
});

test('half of a pair is asked about, and nothing is set by it', async () => {
  const { settings, states, why } = await map('Password,only-this\n');
  expect(settings).toEqual({});
  expect(states).toEqual(['B1 ask']);
  expect(why[0]).toMatch(/needs a private key and a password/);
});

test('a partner with many operations gets its general values everywhere, and a special one goes before it', async () => {
  const { settings } = await map(
    'URL,https://webpayments.example/1/api/\nUsername,all\nPassword,a|b\nRemote PDF Username,pdf-user\nAuthentication URL,https://auth.example/\n',
    { partner: 'Many Abilities' },
  );
  expect(Object.keys(settings).map(Number)).toEqual([8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 88]);
  expect(settings[21]).toEqual({ kind: 'text', value: 'pdf-user' });
  expect(settings[18]).toEqual({ kind: 'text', value: 'all' });
  expect(settings[10]).toEqual({ kind: 'secret', secret: { set: 'a|b' } });
});

test('the catalogue’s own names and numbers are understood, and what the partner has no setting for is left out', async () => {
  const { settings, states, why } = await map(
    'Advanced Setting,Description,Value\n8,RTDR EndPoint/WebService URL,https://api.example/\n14,DataPump Paperless EndPoint/WebService URL,https://old.example/\n,DataPump Payments EndPoint/WebService Username,pump\n',
  );
  expect(settings).toEqual({
    8: { kind: 'text', value: 'https://api.example/' },
    12: { kind: 'text', value: 'pump' },
  });
  expect(states).toEqual(['C2 mapped 8', 'C3 left-out', 'C4 mapped 12']);
  expect(why).toEqual(['setting 14 does not exist for this partner']);
});

test('blocks under headings say what their values are for', async () => {
  const { settings } = await map('RTDR\nURL,https://one.example/\nDataPump Payments,\nURL,https://two.example/\n');
  expect(settings).toEqual({
    8: { kind: 'text', value: 'https://one.example/' },
    11: { kind: 'text', value: 'https://two.example/' },
  });
});

test('values of the test and the production system are asked about, and a choice takes one', async () => {
  const sheet = ',UAT,Production\nUsername,test-user,live-user\n';
  expect((await map(sheet)).states).toEqual(['B2 ask', 'C2 ask']);
  const chosen = await map(sheet, { system: 'production' });
  expect(chosen.states).toEqual(['B2 left-out', 'C2 mapped 9,12']);
  expect(chosen.settings[9]).toEqual({ kind: 'text', value: 'live-user' });
});

test('two environments of one system become pairs, where setting 81 is in force or in the worksheet', async () => {
  const sheet =
    'Name,Environment 1,Environment 2\nRTDR URL,https://a.example/,https://b.example/\nRTDR Password,p|1,p2\n';
  expect((await map(sheet, { partner: 'Many Abilities' })).states.every((state) => state.includes('ask'))).toBe(true);
  for (const settings of [
    (await map(sheet, { partner: 'Many Abilities', isMultiEnvironment: true })).settings,
    (await map(`81,MULTIENVIRONMENT\n${sheet}`, { partner: 'Many Abilities' })).settings,
  ]) {
    expect(settings[8]).toEqual({
      kind: 'pair',
      environment1: 'https://a.example/',
      environment2: 'https://b.example/',
    });
    expect(settings[10]).toEqual({ kind: 'secretPair', environment1: { set: 'p|1' }, environment2: { set: 'p2' } });
  }
});

test('what is not clear is asked, with what it most likely is, and a person’s answer is followed', async () => {
  const sheet = 'User ID,4711\nMagic Password,x|y\nKey,k1\nFavourite colour,blue\n';
  const asked = await map(sheet);
  expect(asked.states).toEqual(['B1 ask', 'B2 ask', 'B3 ask', 'B4 left-out']);
  expect(asked.suggestions[0]).toEqual(['9', '12']);
  const told = await map(sheet, { mapping: { B1: '9, 12', B2: '10,13', B3: '-' } });
  expect(told.settings).toMatchObject({ 9: { value: '4711' }, 10: { kind: 'keyAndPassword' }, 12: { value: '4711' } });
  expect(told.states).toEqual(['B1 mapped 9,12', 'B2 mapped 10,13', 'B3 left-out', 'B4 left-out']);
  expect((await map(sheet, { mapping: { B1: '14' } })).states[0]).toBe('B1 ask');
});

test('two different values for one setting are asked about; equal ones are not', async () => {
  expect((await map('Username,one\nLogin name,two\n')).states).toEqual(['B1 ask', 'B2 ask']);
  expect((await map('Username,one\nLogin name,one\n')).settings[9]).toEqual({ kind: 'text', value: 'one' });
});

test('columns in the other order are read as they are meant', async () => {
  expect((await map('s3cr3t-user,Username\n')).settings[9]).toEqual({ kind: 'text', value: 's3cr3t-user' });
});

test.each([
  ['a byte order mark', '\uFEFFUsername,pine\nURL,https://a.example/?x=1\n'],
  ['semicolons', 'Username;pine\nURL;https://a.example/?x=1\n'],
  ['tabs', 'Username\tpine\nURL\thttps://a.example/?x=1\n'],
  ['quotes and CRLF', '"Username","pine"\r\n"URL","https://a.example/?x=1"\r\n'],
  ['names with colons in one cell', 'Username: pine\nURL: https://a.example/?x=1\n'],
])('a CSV with %s reads the same', async (_what, text) => {
  expect((await map(text)).settings).toMatchObject({ 9: { value: 'pine' }, 8: { value: 'https://a.example/?x=1' } });
});

test('UTF-16 and the Windows code page read the same as UTF-8', async () => {
  const text = 'Username,Müller\n';
  const utf16 = Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from(text, 'utf16le')]);
  for (const bytes of [Buffer.from(text), utf16, Buffer.from(text, 'latin1')]) {
    expect((await parseWorksheet(bytes))[0]?.rows[0]).toEqual(['Username', 'Müller']);
  }
});

test('any rows at all are mapped without an error, and no reason quotes a value', () => {
  const cell = fc.oneof(
    fc.constantFrom(
      'URL',
      'Username',
      'Password',
      'Private Key',
      'Key',
      '10',
      '8',
      '131',
      '81',
      'RTDR',
      'UAT',
      'Value',
      'Name',
      '',
    ),
    fc.string({ maxLength: 30 }).map((text) => `#${text}#canary`),
  );
  fc.assert(
    fc.property(fc.array(fc.array(cell, { maxLength: 5 }), { maxLength: 12 }), fc.boolean(), (rows, isMulti) => {
      for (const partner of partners.values()) {
        const entries = findEntries([{ name: '', rows }], own);
        const mapped = mapWorksheet(entries, {
          partner,
          isMultiEnvironment: isMulti,
          answers: { mapping: {}, system: undefined },
        });
        for (const one of mapped.entries) expect(one.why ?? '').not.toContain('canary');
      }
    }),
    { numRuns: 500 },
  );
});
