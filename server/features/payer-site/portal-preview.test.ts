import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { withTestApp } from '../../testing/app.ts';
import { pngUrl } from '../../testing/make-images.ts';
import { type StaffHeaders, signInAs } from '../../testing/staff.ts';

let opened: Awaited<ReturnType<typeof withTestApp>>;
let admin: StaffHeaders;
const BID = 3120;

beforeAll(async () => {
  opened = await withTestApp();
  admin = await signInAs(opened.app, opened.deps, { role: 'administrator' });
  const made = { bid: BID, name: 'Cedar Valley Mutual' };
  await opened.app.inject({ method: 'POST', url: '/api/v1/billers', headers: admin, payload: made });
});
afterAll(async () => await opened.close());

const draft = {
  portal: {
    texts: { welcome: { en: 'Welcome, <b>neighbour</b>', es: '' }, footer: { en: '', es: 'Gracias' } },
    css: '',
  },
  brand: { displayName: 'Cedar Valley', accentColour: '#ffe600', logo: '' },
  page: 'bill',
  locale: 'en',
  scheme: 'light',
};
async function preview(change: object, headers: StaffHeaders = admin) {
  const url = `/api/v1/billers/${BID}/portal-preview`;
  const answer = await opened.app.inject({ method: 'POST', url, headers, payload: { ...draft, ...change } });
  return { status: answer.statusCode, body: answer.json() };
}

describe('the preview of Portal Customization', () => {
  test('is the payer’s own page with the draft, whose links lead nowhere; nothing is stored', async () => {
    const { status, body } = await preview({
      portal: { ...draft.portal, css: '.card { padding: 2rem }' },
      brand: { ...draft.brand, logo: pngUrl(20, 10) },
    });
    expect(status).toBe(200);
    expect(body.faults).toEqual([]);
    expect(body.html).toContain('$128.40');
    expect(body.html).toContain('.biller .card{padding:2rem}');
    expect(body.html).toContain(pngUrl(20, 10));
    expect(body.html).not.toMatch(/<a [^>]*href=/);
    const find = await preview({ page: 'find' });
    expect(find.body.html).toContain('Welcome, &lt;b&gt;neighbour&lt;/b&gt;');
    expect((await preview({ locale: 'es' })).body.html).toContain('Gracias');
    const kept = await opened.deps.billers.load(BID);
    expect([kept?.version, kept?.configuration.profile.brand.displayName]).toEqual([1, 'Cedar Valley Mutual']);
  });

  test('keeps a colour nobody could read readable, in light and in dark', async () => {
    const accent = (html: string) => [...html.matchAll(/--accent:(#[0-9a-f]{6})/g)].map((found) => found[1]);
    const { body } = await preview({});
    expect(accent(body.html)[0]).not.toBe('#ffe600');
    expect((await preview({ scheme: 'dark' })).body.html).not.toContain('not all');
  });

  test('shows hostile CSS and a hostile logo as faults, and neither in the page', async () => {
    const { body } = await preview({
      portal: { ...draft.portal, css: '.amount { display: none }\n@import url(//evil.example)' },
      brand: {
        ...draft.brand,
        logo: `data:image/svg+xml;base64,${Buffer.from('<svg viewBox="0 0 1 1" onload="x"/>').toString('base64')}`,
      },
    });
    expect(body.faults.map((fault: { at: string }) => fault.at)).toEqual([
      'portal.css',
      'portal.css',
      'profile.brand.logo',
    ]);
    expect(body.html).not.toMatch(/display: none \}|evil|svg\+xml/);
  });

  test('is for who may read the configuration', async () => {
    const csr = await signInAs(opened.app, opened.deps, { role: 'csr', bid: BID });
    expect((await preview({}, csr)).status).toBe(403);
  });
});

describe('the style sheet of a biller', () => {
  test('is served as the vetting wrote it, with a tag, and may load nothing itself; hostile CSS can’t be saved', async () => {
    const save = (css: string) =>
      opened.app.inject({
        method: 'PUT',
        url: `/api/v1/billers/${BID}/configuration/portal`,
        headers: admin,
        payload: { expectedVersion: 1, reason: 'trying it', value: { ...draft.portal, css } },
      });
    const refused = await save('.card { padding: 1rem }\n.amount { visibility: hidden }');
    expect(refused.json().faults).toMatchObject([
      { at: 'portal.css', message: expect.stringMatching(/^Line 2: “visibility” could hide/) },
    ]);
    expect((await save('/* ours */ .card { padding: 1rem }')).statusCode).toBe(200);
    const url = '/cedar-valley-mutual/style.css';
    const served = await opened.app.inject({ url });
    expect(served.body).toBe('.biller .card{padding:1rem}');
    expect(served.headers['content-security-policy']).toContain("default-src 'none'");
    const again = await opened.app.inject({ url, headers: { 'if-none-match': String(served.headers.etag) } });
    expect([again.statusCode, again.body]).toEqual([304, '']);
    expect((await opened.app.inject({ url: '/nobody-here/style.css' })).statusCode).toBe(404);
    const page = await opened.app.inject({ url: '/cedar-valley-mutual' });
    expect(page.body).toContain('/cedar-valley-mutual/style.css?v=');
  });
});
