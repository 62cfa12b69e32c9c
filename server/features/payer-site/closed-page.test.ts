import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { TenantRows } from '../../security-tests/add-tenant.ts';
import { addCredential, addSession, withPopulatedServer } from '../../security-tests/populated-server.ts';
import { NIGHT, PM, planWindow, settableClock } from '../../testing/maintenance-rig.ts';
import { changeWindow, endWindow, type WindowDraft } from '../maintenance/index.ts';

const BID = 2984;
const OTHER = 77;
const FORM = 'application/x-www-form-urlencoded';
const clock = settableClock('2026-11-18T15:00:00Z');

let rig: Awaited<ReturnType<typeof withPopulatedServer>>;
let own: TenantRows;
let other: TenantRows;

beforeAll(async () => {
  rig = await withPopulatedServer({ overrides: { clock } });
  own = await rig.addTenant(BID);
  other = await rig.addTenant(OTHER);
  await rig.deps.maintenance.listening();
});
afterAll(() => rig?.close());
beforeEach(async () => {
  clock.set('2026-11-18T15:00:00Z');
  await rig.owner.query('delete from maintenance_window');
  rig.deps.maintenance.forget(BID);
});

const get = (path: string, headers: Record<string, string> = {}) =>
  rig.app.inject({ url: `/${own.slug}${path}`, headers });
const post = (path: string, fields: Record<string, string>, headers: Record<string, string> = {}) =>
  rig.app.inject({
    method: 'POST',
    url: `/${own.slug}${path}`,
    headers: { 'content-type': FORM, 'sec-fetch-site': 'same-origin', ...headers },
    payload: new URLSearchParams(fields).toString(),
  });
const plan = (change: Partial<WindowDraft> = {}) => planWindow(rig.deps, BID, change);
const statusOf = async (path = '') => (await get(path)).statusCode;

async function session(): Promise<Record<string, string>> {
  const found = await post('/find', { accountNumber: own.accountNumber, proof: own.mark });
  expect(found.statusCode).toBe(303);
  return { cookie: String(found.headers['set-cookie']).split(';')[0] ?? '' };
}

describe('payer pages in a window', () => {
  test('answer 503 with the message and the seconds to the end, from the start to just before the end', async () => {
    await plan();
    const answers: unknown[] = [];
    for (const at of [
      '2026-11-22T03:59:59.999Z',
      '2026-11-22T04:00:00Z',
      '2026-11-22T11:59:59.500Z',
      '2026-11-22T12:00:00Z',
    ]) {
      clock.set(at);
      const answer = await get('');
      answers.push([answer.statusCode, answer.headers['retry-after']]);
    }
    expect(answers).toEqual([
      [200, undefined],
      [503, '28800'],
      [503, '1'],
      [200, undefined],
    ]);
  });

  test('show the biller’s words in the reader’s language, in its look, without a script and without being kept', async () => {
    await plan({ message: { en: 'First line.\n\nSecond one.', es: 'Estamos <b>cambiando</b> de sistema.' } });
    clock.set('2026-11-22T05:00:00Z');
    const english = await get('');
    expect(english.headers).toMatchObject({ 'cache-control': 'no-store', 'content-type': 'text/html; charset=utf-8' });
    expect(english.body).toContain('<p class="told">First line.</p><p class="told">Second one.</p>');
    expect(english.body).toContain('Nov 22, 2026, 6:00 AM CST');
    expect(english.body).not.toContain('<script');
    const spanish = await get('', { 'accept-language': 'es-MX' });
    expect(spanish.body).toContain('lang="es"');
    expect(spanish.body).toContain('Estamos &lt;b&gt;cambiando&lt;/b&gt; de sistema.');
  });

  test('a window without a Spanish message speaks Spanish all the same', async () => {
    await plan({ message: { en: 'Only English.', es: '' } });
    clock.set('2026-11-22T05:00:00Z');
    const spanish = await get('?lang=es');
    expect(spanish.body).toContain('Este sitio está cerrado');
    expect(spanish.body).not.toContain('Only English.');
  });

  test('close every step and form of paying, of this biller alone; a receipt stays', async () => {
    const cookie = await session();
    await plan();
    clock.set('2026-11-22T05:00:00Z');
    const pages = ['', '/bill', '/pay', '/review', `/bill/${own.invoiceNumber}/pdf`];
    for (const page of pages) expect((await get(page, cookie)).statusCode, page).toBe(503);
    const forms = [post('/find', {}), post('/pay', {}, cookie), post('/review', {}, cookie)];
    for (const form of forms) expect((await form).statusCode).toBe(503);
    expect((await post('/leave', {}, cookie)).statusCode).toBe(303);
    expect(await statusOf(`/payments/${own.publicId}`)).toBe(200);
    expect(await statusOf(`/payments/${own.publicId}/return`)).toBe(303);
    expect((await rig.app.inject({ url: `/${other.slug}` })).statusCode).toBe(200);
  });

  test('chosen pages close, others stay; a bill that can be seen says that it can’t be paid, and until when', async () => {
    await plan({ appliesToAll: false, pages: ['customer-portal'] });
    clock.set('2026-11-22T05:00:00Z');
    const cookie = await session();
    const bill = await get('/bill', cookie);
    expect(bill.statusCode).toBe(200);
    expect(bill.body).not.toContain(`/${own.slug}/pay"`);
    for (const path of ['/pay', '/review']) {
      const answer = await get(path, cookie);
      expect(answer.statusCode).toBe(503);
      expect(answer.body).toContain('Payments are closed for maintenance');
      expect(answer.body).toContain('No payment was made by this step');
      expect(answer.body).toContain(`href="/${own.slug}/bill"`);
    }
  });

  test('a window that overlaps keeps pages closed to its own end, and its words are shown', async () => {
    await plan();
    await plan({ start: '2026-11-22T05:00', end: '2026-11-22T08:00', message: { en: 'The longer one.', es: '' } });
    clock.set('2026-11-22T11:30:00Z');
    const answer = await get('');
    expect(answer.headers['retry-after']).toBe(String(2.5 * 3600));
    expect(answer.body).toContain('The longer one.');
    clock.set('2026-11-22T05:00:00Z');
    // The first of the two alone now, yet pages open only at the end of the second.
    expect((await get('')).headers['retry-after']).toBe(String(9 * 3600));
  });

  test('follow the clock, forward and back', async () => {
    await plan();
    const seen: number[] = [];
    for (const at of ['2026-11-22T05:00:00Z', '2026-11-22T13:00:00Z', '2026-11-22T11:00:00Z', '2026-11-22T03:00:00Z']) {
      clock.set(at);
      seen.push(await statusOf());
    }
    expect(seen).toEqual([503, 200, 503, 200]);
  });

  test('a window that is not active closes nothing', async () => {
    await plan({ isActive: false });
    clock.set('2026-11-22T05:00:00Z');
    expect(await statusOf()).toBe(200);
  });
});

describe('a window in force', () => {
  test('ends at once when Active is unchecked, or the end moved to now, and can be put in force again', async () => {
    const { window } = await plan();
    clock.set('2026-11-22T05:00:00Z');
    expect(await statusOf()).toBe(503);
    const ended = await endWindow(rig.deps, { bid: BID, id: window.id, reason: 'done', by: PM });
    expect(await statusOf()).toBe(200);
    expect(ended.window).toMatchObject({ isActive: false, version: 2 });
    const on = await changeWindow(rig.deps, { bid: BID, id: window.id, expectedVersion: 2, draft: NIGHT, by: PM });
    expect(on.warnings.map((one) => one.code)).toContain('begins-at-once');
    expect(await statusOf()).toBe(503);
    clock.set('2026-11-22T05:30:00Z');
    const draft = { ...NIGHT, end: '2026-11-21T23:30' };
    await changeWindow(rig.deps, { bid: BID, id: window.id, expectedVersion: 3, draft, by: PM });
    expect(await statusOf()).toBe(200);
    const again = changeWindow(rig.deps, { bid: BID, id: window.id, expectedVersion: 4, draft: NIGHT, by: PM });
    await expect(again).rejects.toMatchObject({ code: 'maintenance-window-over' });
  });

  test('is longer when its end is moved, and shows changed words at once', async () => {
    const { window } = await plan();
    clock.set('2026-11-22T11:00:00Z');
    const draft = { ...NIGHT, end: '2026-11-22T09:00', message: { en: 'It takes longer.', es: '' } };
    const saved = await changeWindow(rig.deps, { bid: BID, id: window.id, expectedVersion: 1, draft, by: PM });
    expect(saved.warnings.map((one) => one.code)).toEqual(['no-spanish']);
    const answer = await get('');
    expect(answer.headers['retry-after']).toBe(String(4 * 3600));
    expect(answer.body).toContain('It takes longer.');
  });

  test('leaves uploads and staff at work', async () => {
    const credential = await addCredential(rig.deps, rig.owner, { bid: BID });
    const guid = (await rig.deps.billers.load(BID))?.guid ?? '';
    const upload = async () =>
      rig.app.inject({
        method: 'POST',
        url: `/api/v1/billers/${BID}/invoice-files`,
        headers: { ...credential, 'content-type': 'multipart/form-data; boundary=x' },
        payload: `--x\r\ncontent-disposition: form-data; name="file"; filename="${clock.nowMs()}.bif"\r\ncontent-type: text/plain\r\n\r\n${guid} ${clock.nowMs()}\r\n--x--\r\n`,
      });
    const before = await upload();
    await plan({ start: '2026-11-18T09:05', end: '2026-11-18T12:00' });
    clock.set('2026-11-18T15:20:00Z');
    expect(await statusOf()).toBe(503);
    const during = await upload();
    expect([during.statusCode, before.statusCode], during.body).toEqual([202, 202]);
    const staff = await addSession(rig.owner, { bid: null, roles: ['administrator'] });
    for (const path of [`/api/v1/billers/${BID}/payments`, '/api/v1/overview', `/api/v1/billers/${BID}/lanes`])
      expect((await rig.app.inject({ url: path, headers: staff })).statusCode).toBe(200);
    const overview = await rig.app.inject({ url: '/api/v1/overview', headers: staff });
    expect(overview.json().needs).toMatchObject({ windowsInForce: 1, windowsEnding: 0 });
  });
});

test('a preview is what the payer will see, in either language, with what was typed escaped', async () => {
  const staff = await addSession(rig.owner, { bid: null, roles: ['project manager'] });
  const preview = async (locale: 'en' | 'es') => {
    const answer = await rig.app.inject({
      method: 'POST',
      url: `/api/v1/billers/${BID}/maintenance-windows/preview`,
      headers: staff,
      payload: { message: { en: 'Away <script>', es: 'Vuelva' }, endsAt: '2026-11-22T12:00:00Z', locale },
    });
    expect(answer.statusCode, answer.body).toBe(200);
    return answer.json().html as string;
  };
  const html = await preview('en');
  expect(html).toContain('Away &lt;script&gt;');
  expect(html).toContain('Nov 22, 2026, 6:00 AM CST');
  expect(await preview('es')).toContain('Vuelva');
  await plan({ message: { en: 'Away <script>', es: 'Vuelva' } });
  clock.set('2026-11-22T05:00:00Z');
  expect((await get('')).body).toBe(html);
});
