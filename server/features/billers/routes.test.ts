import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createLog } from '../../platform/log.ts';
import { withTestPlatform } from '../../testing/platform.ts';
import { type StaffHeaders, signInAs, withBillersApp } from '../../testing/staff.ts';

const CANARIES = ['canary-refresh-pw', 'canary-private-key', 'canary-sftp-pw', 'canary-refused-pw'];
let opened: Awaited<ReturnType<typeof withTestPlatform>>;
let made: Awaited<ReturnType<typeof withBillersApp>>;
let admin: StaffHeaders;
const told: string[] = [];

beforeAll(async () => {
  const log = createLog({ level: 'trace', destination: { write: (line) => told.push(line) } });
  opened = await withTestPlatform({ overrides: { log } });
  made = await withBillersApp(opened.platform);
  admin = await signInAs(made.app, made.deps, { role: 'administrator' });
});
afterAll(async () => {
  await made.app.close();
  await made.billers.close();
  await opened.close();
});

async function call(
  method: 'GET' | 'POST' | 'PUT' | 'DELETE',
  url: string,
  payload?: object,
  headers: Record<string, string> = admin,
) {
  const answer = await made.app.inject({ method, url: `/api/v1${url}`, headers, ...(payload && { payload }) });
  told.push(answer.body, JSON.stringify(answer.headers));
  return { status: answer.statusCode, body: answer.body === '' ? undefined : answer.json() };
}

describe('a configuration over HTTP', () => {
  test('is created, read, changed by section and by setting, checked, compared and restored', async () => {
    expect((await call('POST', '/billers', { bid: 2984, name: 'Prairie Pine Mutual' })).body).toMatchObject({
      bid: 2984,
      slug: 'prairie-pine-mutual',
      version: 1,
      partner: { name: 'Many Abilities' },
    });
    expect((await call('GET', '/billers')).body).toEqual({
      items: [{ bid: 2984, slug: 'prairie-pine-mutual', name: 'Prairie Pine Mutual' }],
      nextCursor: null,
    });
    const start = await call('GET', '/billers/2984/configuration');
    expect(start).toMatchObject({
      status: 200,
      body: { version: 1, faults: [], settings: [{ number: '105', text: '0', isKnown: true }] },
    });

    const texts = {
      8: 'https://rtdr.example/1/api/',
      9: 'refresh',
      10: 'canary-refresh-pw',
      88: 'https://auth.example/',
    };
    let version = 1;
    for (const [number, text] of Object.entries(texts)) {
      const saved = await call('PUT', `/billers/2984/configuration/advanced-settings/${number}`, {
        expectedVersion: version,
        reason: 'worksheet',
        value: { text },
      });
      expect(saved.status).toBe(200);
      version = saved.body.version;
    }
    const invoicing = { ...start.body.configuration.invoicing, realTimeDataRefresh: true };
    expect(
      (
        await call('PUT', '/billers/2984/configuration/invoicing', {
          expectedVersion: version,
          reason: 'go live',
          value: invoicing,
        })
      ).body,
    ).toMatchObject({ version: 6, isChanged: true });
    const ftp = {
      users: [{ username: 'pinemutual', password: { set: 'canary-sftp-pw' }, publicKeys: [] }],
      pdfSettings: [],
      zipSettings: [],
    };
    expect(
      (await call('PUT', '/billers/2984/configuration', { expectedVersion: 6, reason: 'sftp', sections: { ftp } }))
        .body,
    ).toMatchObject({ version: 7 });

    const now = (await call('GET', '/billers/2984/configuration')).body;
    expect(now.configuration.advancedSettings['10']).toEqual({
      kind: 'secret',
      secret: { shown: '••••', fingerprint: expect.any(String) },
    });
    expect(now.settings.find((setting: { number: string }) => setting.number === '10').text).toMatch(
      /^•••• \([0-9a-f]{8}\)$/,
    );
    const kept = await call('PUT', '/billers/2984/configuration/advancedSettings', {
      expectedVersion: 7,
      reason: 'sent back as shown',
      value: now.configuration.advancedSettings,
    });
    expect(kept.body).toMatchObject({ version: 7, isChanged: false });

    const removed = await call('DELETE', '/billers/2984/configuration/advanced-settings/9', {
      expectedVersion: 7,
      reason: 'a mistake',
    });
    expect(removed).toMatchObject({
      status: 422,
      body: { code: 'configuration-does-not-work', faults: [{ at: 'advancedSettings.9', rule: 'rtdr-endpoint' }] },
    });
    expect(
      (
        await call('POST', '/billers/2984/configuration/check', {
          expectedVersion: 7,
          sections: { cards: { ...now.configuration.cards, leastCents: 9_999_999 } },
        })
      ).body,
    ).toMatchObject({ faults: [{ rule: 'card-limits' }], differences: [{ path: 'cards.leastCents' }] });
    expect(
      (await call('GET', '/billers/2984/configuration/diff?from=1&to=7')).body.items.map(
        (item: { path: string }) => item.path,
      ),
    ).toContain('advancedSettings.10');
    expect(
      (
        await call('POST', '/billers/2984/configuration/restore', {
          version: 1,
          expectedVersion: 7,
          sections: ['ftp'],
          reason: 'no sftp after all',
        })
      ).body,
    ).toMatchObject({ version: 8 });
    const history = (await call('GET', '/billers/2984/configuration/history?limit=3')).body;
    expect(history.items.map((item: { version: number }) => item.version)).toEqual([8, 7, 6]);
    expect(
      (await call('GET', `/billers/2984/configuration/history?limit=50&cursor=${history.nextCursor}`)).body.items.at(-1)
        .version,
    ).toBe(1);
  });

  test('takes a key and a password part by part, where any character is its own', async () => {
    const { body } = await call('GET', '/billers/2984/configuration');
    const saved = await call('PUT', '/billers/2984/configuration/advanced-settings/10', {
      expectedVersion: body.version,
      reason: 'wrong partner',
      value: { privateKey: 'canary-private-key|x', password: 'canary-refused-pw' },
    });
    expect(saved).toMatchObject({ status: 422, body: { faults: [{ rule: 'private-key-form' }] } });
  });

  test('answers a conflict with both values', async () => {
    const { body } = await call('GET', '/billers/2984/configuration');
    const save = (leastCents: number) =>
      call('PUT', '/billers/2984/configuration/cards', {
        expectedVersion: body.version,
        reason: 'least',
        value: { ...body.configuration.cards, leastCents },
      });
    expect((await save(150)).status).toBe(200);
    expect(await save(175)).toMatchObject({
      status: 409,
      body: {
        code: 'configuration-conflict',
        details: { conflicts: [{ path: 'cards.leastCents', base: 100, mine: 175, theirs: 150 }] },
      },
    });
  });

  test('refuses a section that is not of its form, at the field', async () => {
    const answer = await call('PUT', '/billers/2984/configuration/obd', {
      expectedVersion: 1,
      reason: 'xyz',
      value: { isOn: 'yes', matchBy: 'account number' },
    });
    expect(answer).toMatchObject({ status: 400, body: { faults: [{ at: 'body.value.isOn' }] } });
  });

  test('gives the catalogue with the partners each setting exists for', async () => {
    const { body } = await call('GET', '/settings-catalogue');
    expect(body.items.map((item: { number: number }) => item.number)).toEqual([
      3, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 32, 36, 81, 88, 105, 131,
    ]);
    expect(
      body.items
        .filter((item: { partners: string[] }) => !item.partners.includes('Few Abilities'))
        .map((item: { number: number }) => item.number),
    ).toEqual([14, 15, 16, 17, 18, 19, 20, 21, 22, 81, 88, 105]);
  });
});

describe('who may', () => {
  test('read but not write, write but not secrets, and nothing of another biller', async () => {
    await call('POST', '/billers', { bid: 3001, name: 'Other Mutual' });
    const architect = await signInAs(made.app, made.deps, { role: 'solution architect' });
    const consultant = await signInAs(made.app, made.deps, { role: 'technical consultant' });
    const own = await signInAs(made.app, made.deps, { role: 'biller admin', bid: 3001 });
    const { version } = (await call('GET', '/billers/2984', undefined, architect)).body;
    const change = (value: object, headers: StaffHeaders, number = 9) =>
      call(
        'PUT',
        `/billers/2984/configuration/advanced-settings/${number}`,
        { expectedVersion: version, reason: 'try', value },
        headers,
      );
    expect((await change({ text: 'x' }, architect)).status).toBe(403);
    expect(await change({ text: 'canary-refused-pw' }, consultant, 10)).toMatchObject({
      status: 403,
      body: { title: expect.stringContaining('secrets:write') },
    });
    expect((await change({ text: 'someone' }, consultant)).status).toBe(200);
    for (const path of [
      '',
      '/configuration',
      '/configuration/history',
      '/configuration/diff?from=1&to=1',
      '/credentials',
    ]) {
      expect((await call('GET', `/billers/2984${path}`, undefined, own)).status).toBe(404);
    }
    expect((await call('GET', '/billers', undefined, own)).body.items).toEqual([
      { bid: 3001, slug: 'other-mutual', name: 'Other Mutual' },
    ]);
    expect((await call('POST', '/billers', { bid: 9, name: 'x' }, own)).status).toBe(403);
    expect((await call('GET', '/billers/2984')).status).toBe(200);
    expect((await call('GET', '/billers/77')).status).toBe(404);
  });

  test('a biller’s own staff don’t see the Console’s settings', async () => {
    const { version } = (await call('GET', '/billers/3001')).body;
    await call('PUT', '/billers/3001/configuration/advanced-settings/8', {
      expectedVersion: version,
      reason: 'hidden',
      value: { text: 'https://hidden.example/' },
    });
    const own = await signInAs(made.app, made.deps, { role: 'biller admin', bid: 3001 });
    for (const path of ['/configuration', '/configuration/history', `/configuration/diff?from=1&to=${version + 1}`]) {
      const answer = await call('GET', `/billers/3001${path}`, undefined, own);
      expect(answer.status).toBe(200);
      expect(JSON.stringify(answer.body)).not.toContain('hidden.example');
    }
  });
});

test('the OpenAPI document describes every section', async () => {
  const answer = await made.app.inject({ url: '/openapi.json' });
  const paths = Object.keys(answer.json().paths);
  expect(paths).toContain('/api/v1/billers/{bid}/configuration/dataPump');
  expect(paths).toContain('/api/v1/session');
});

test('no answer, header or log line of all this held a secret', () => {
  expect(told.length).toBeGreaterThan(40);
  for (const canary of CANARIES) expect(told.filter((text) => text.includes(canary))).toEqual([]);
  expect(told.filter((text) => /v1\.[0-9a-f]{8}\./.test(text))).toEqual([]);
});
