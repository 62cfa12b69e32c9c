import { afterAll, beforeAll, expect, test } from 'vitest';
import { withPayerSite } from '../../../testing/payer-rig.ts';

let rig: Awaited<ReturnType<typeof withPayerSite>>;
beforeAll(async () => {
  rig = await withPayerSite();
});
afterAll(() => rig?.close());

/** What is between the body's tags: the style sheet in the head holds every word of a class. */
const bodyOf = (html: string): string => html.slice(html.indexOf('<body'));
const find = async (language = 'en'): Promise<string> => bodyOf((await rig.page(`?lang=${language}`)).body);

test('the verbiage of the Virtual Site stands on its first page, in the reader’s language', async () => {
  await rig.save(({ profile }) => ({
    profile: {
      ...profile,
      virtualSiteVerbiage: { en: 'Have your bill ready.\n\nCall us first.', es: 'Tenga su factura.' },
    },
  }));
  expect(await find()).toContain('<p>Have your bill ready.</p><p>Call us first.</p>');
  expect(await find('es')).toContain('<p>Tenga su factura.</p>');
});

test('the welcome stands above the verbiage, in the reader’s language, and neither is markup', async () => {
  await rig.save(({ portal }) => ({
    portal: { ...portal, texts: { ...portal.texts, welcome: { en: 'Hello <b>you</b>', es: 'Hola' } } },
  }));
  const page = await find();
  expect(page.indexOf('Hello &lt;b&gt;you&lt;/b&gt;')).toBeGreaterThan(0);
  expect(page.indexOf('Hello')).toBeLessThan(page.indexOf('Have your bill ready.'));
  expect(await find('es')).toContain('<p>Hola</p>');
});

test('the footer stands on every page, in the reader’s language', async () => {
  await rig.save(({ portal }) => ({
    portal: { ...portal, texts: { ...portal.texts, footer: { en: 'Since 1889', es: 'Desde 1889' } } },
  }));
  const headers = await rig.visit(await rig.account());
  for (const path of ['', '/bill', '/pay', '/payments/no-such-payment-at-all'])
    expect(bodyOf((await rig.page(path, headers)).body), path).toContain('Since 1889');
  expect(await find('es')).toContain('Desde 1889');
});

test('contacts of customer service are the help line of every page; others are not shown to payers', async () => {
  await rig.save(({ profile }) => ({
    profile: {
      ...profile,
      contacts: [
        { role: 'Customer Service', name: 'Casey Care', phone: '515-555-0100', email: 'help@prairie.example' },
        { role: 'Technical', name: 'Terry Tech', phone: '515-555-0199', email: 'it@prairie.example' },
      ],
    },
  }));
  const headers = await rig.visit(await rig.account());
  for (const path of ['', '/bill']) {
    const page = bodyOf((await rig.page(path, headers)).body);
    expect(page).toContain('Casey Care');
    expect(page).toContain('href="tel:5155550100"');
    expect(page).toContain('href="mailto:help@prairie.example"');
    expect(page).not.toMatch(/Terry|0199|it@prairie/);
  }
  expect(await find('es')).toContain('¿Preguntas?');
});

test('the authorization of a bank debit says how to reach customer service to revoke it', async () => {
  const { reviewed } = await rig.submit(await rig.account(), { method: 'ACH' });
  expect(reviewed).toContain('at 515-555-0100');
});

test('dates and times are those of the biller’s time zone', async () => {
  const headers = await rig.visit(await rig.account());
  expect((await rig.page('/bill', headers)).body).toMatch(/Checked with your insurer[^<]* C[SD]T/);
  await rig.save(({ profile }) => ({ profile: { ...profile, timeZone: 'Pacific/Honolulu' } }));
  expect((await rig.page('/bill', headers)).body).toMatch(/Checked with your insurer[^<]* HST/);
});

test('the name payers read is the brand’s, on pages, in the authorization and at the processor', async () => {
  await rig.save(({ profile }) => ({
    profile: { ...profile, brand: { ...profile.brand, displayName: 'Prairie & Sons' } },
  }));
  expect((await rig.page()).body).toContain('– Prairie &amp; Sons</title>');
  const { reviewed, checkout } = await rig.submit(await rig.account(), { method: 'ACH' });
  expect(reviewed).toContain('authorize Prairie &amp; Sons');
  expect(checkout?.billerName).toBe('Prairie & Sons');
});

test('the accent colour colours the pages', async () => {
  await rig.save(({ profile }) => ({
    profile: { ...profile, brand: { ...profile.brand, accentColour: '#7a3e12' } },
  }));
  expect((await rig.page()).body).toContain('--accent:#7a3e12');
});

test('the logo stands in the bar of every page', async () => {
  const logo = `data:image/png;base64,${ONE_PIXEL}`;
  expect(bodyOf((await rig.page()).body)).not.toContain('<img');
  await rig.save(({ profile }) => ({ profile: { ...profile, brand: { ...profile.brand, logo } } }));
  expect(bodyOf((await rig.page()).body)).toContain(`<img src="${logo}" alt=""/>`);
});

test('the style sheet is served from the biller’s own address, written anew, and pages allow no other', async () => {
  expect((await rig.page()).body).not.toContain('rel="stylesheet"');
  await rig.save(({ portal }) => ({ portal: { ...portal, css: 'h1 { letter-spacing: 1px }' } }));
  const page = await rig.page();
  const address = /<link rel="stylesheet" href="([^"]+)"\/>/.exec(page.body)?.[1] ?? '';
  expect(address).toMatch(/^\/prairie\/style\.css\?v=[0-9a-f]{16}$/);
  expect(String(page.headers['content-security-policy'])).toMatch(/style-src 'self'/);
  const sheet = await rig.app.inject({ url: address });
  expect(sheet.headers['content-type']).toBe('text/css; charset=utf-8');
  expect(sheet.body).toBe('.biller h1{letter-spacing:1px}');
  expect(page.body).toContain('<body class="biller">');
  await rig.save(({ portal }) => ({ portal: { ...portal, css: 'h1 { letter-spacing: 2px }' } }));
  expect((await rig.page()).body).not.toContain(address);
});

const ONE_PIXEL = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';
