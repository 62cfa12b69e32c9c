import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { PAYER_BID, withPayerSite } from '../../../testing/payer-rig.ts';
import type { Configuration, ConfigurationView } from '../../billers/index.ts';

let rig: Awaited<ReturnType<typeof withPayerSite>>;
let before: ConfigurationView;
beforeAll(async () => {
  rig = await withPayerSite();
  before = (await rig.configuration()).configuration;
});
// A type that invoices have stays, as the biller began.
afterEach(() =>
  rig.save(({ invoiceTypes }) => ({
    cards: before.cards,
    invoiceTypes: invoiceTypes.map((type) => ({ ...before.invoiceTypes[0], id: type.id, name: type.name })),
  })),
);
afterAll(() => rig?.close());

type InvoiceType = Configuration['invoiceTypes'][number];
const bodyOf = (html: string): string => html.slice(html.indexOf('<body'));
const saveType = (change: Partial<InvoiceType>) =>
  rig.save(({ invoiceTypes }) => ({ invoiceTypes: invoiceTypes.map((type) => ({ ...type, ...change })) }));
const saveCards = (change: Partial<Configuration['cards']>) =>
  rig.save(({ cards }) => ({ cards: { ...cards, ...change } }));
const payPageOf = async (account: string): Promise<string> =>
  bodyOf((await rig.page('/pay', await rig.visit(account))).body);
const twoTypes = (change: Partial<InvoiceType> = {}) =>
  rig.save(({ invoiceTypes: [first] }) => ({ invoiceTypes: [first, { ...first, id: '2', name: 'Auto', ...change }] }));
const upload = (fields: Record<string, unknown>) =>
  rig.app.inject({
    method: 'POST',
    url: `/api/v1/billers/${PAYER_BID}/invoices`,
    headers: rig.staff,
    payload: {
      InvoiceNumber: `UP${fields.AccountNumber}-2026-12-20`,
      InvoiceDate: '11/20/2026',
      InvoiceDueDate: '12/20/2026',
      TotalAmountDue: '10.00',
      CustomerName: 'DOE, JANE',
      Details: [{ Description: 'Insurance' }],
      ...fields,
    },
  });

test('an invoice of a type that the biller does not have is refused; with the type it is taken', async () => {
  const sent = { AccountNumber: '701', InvoiceNumber: '701-2026-12-20', InvoiceTypeID: '2' };
  expect((await upload(sent)).statusCode).toBe(422);
  await twoTypes();
  const taken = await upload(sent);
  expect(taken.statusCode, taken.body).toBe(201);
});

test('an invoice sent without its format has the format of its invoice type', async () => {
  const guid = crypto.randomUUID();
  await saveType({ invoiceFormatGuid: guid });
  const taken = await upload({ AccountNumber: '702', InvoiceNumber: '702-2026-12-20', InvoiceTypeID: '1' });
  expect(taken.json(), taken.body).toMatchObject({ invoice: { invoiceFormatGuid: guid } });
});

test('the name of the invoice type stands on the bill where the biller has several', async () => {
  await twoTypes();
  const account = await rig.account({ typeId: '2' });
  const headers = await rig.visit(account);
  expect(bodyOf((await rig.page('/bill', headers)).body)).toContain('>Auto<');
  await twoTypes({ name: 'Boat' });
  expect(bodyOf((await rig.page('/bill', headers)).body)).toContain('>Boat<');
});

test('a method that the invoice type does not take is not offered, and refused when it is sent all the same', async () => {
  const account = await rig.account();
  expect(await payPageOf(account)).toMatch(/value="ACH"/);
  await saveType({ methods: ['CC'] });
  expect(await payPageOf(account)).not.toMatch(/value="ACH"/);
  expect((await rig.submit(account, { method: 'ACH' })).answer.statusCode).toBe(422);
  await saveType({ methods: [] });
  expect(bodyOf((await rig.page('/bill', await rig.visit(account))).body)).toContain('turned off online payment');
});

test('another amount than what is due is taken only where partial payments are', async () => {
  const account = await rig.account();
  await saveType({ arePartialPaymentsAllowed: false });
  expect(await payPageOf(account)).not.toContain('Another amount');
  const half = { amountChoice: 'other', amount: '50.00' };
  expect((await rig.submit(account, half)).checkout?.amountCents).toBe(12_840);
  await saveType({ arePartialPaymentsAllowed: true });
  expect(await payPageOf(account)).toContain('Another amount');
  expect((await rig.submit(account, half)).checkout?.amountCents).toBe(5_000);
});

test.each([
  ['CC', { flatCents: 250, basisPoints: 0 }, 250],
  ['CC', { flatCents: 0, basisPoints: 250 }, 321],
  ['ACH', { flatCents: 100, basisPoints: 0 }, 100],
  ['ACH', { flatCents: 10, basisPoints: 100 }, 138],
] as const)(
  'a fee of Credit/Debit Cards for %s of %j costs %i cents: shown, agreed to and charged',
  async (method, fee, cents) => {
    const account = await rig.account();
    await saveCards({ fees: { ...before.cards.fees, [method]: fee } });
    const dollars = `$${(cents / 100).toFixed(2)}`;
    expect(await payPageOf(account)).toContain(dollars);
    const { reviewed, checkout } = await rig.submit(account, { method });
    expect(bodyOf(reviewed ?? '')).toContain(dollars);
    expect(checkout?.amountCents).toBe(12_840 + cents);
  },
);

test.each(['CC', 'ACH'] as const)(
  'the invoice type’s own fee for %s stands before that of Credit/Debit Cards',
  async (method) => {
    const account = await rig.account();
    const none = { flatCents: 0, basisPoints: 0 };
    await saveCards({ fees: { CC: { flatCents: 999, basisPoints: 0 }, ACH: { flatCents: 999, basisPoints: 0 } } });
    await saveType({ fees: { CC: none, ACH: none, [method]: { flatCents: 125, basisPoints: 100 } } });
    expect((await rig.submit(account, { method })).checkout?.amountCents).toBe(12_840 + 125 + 128);
    await saveType({ fees: null });
    expect((await rig.submit(await rig.account(), { method })).checkout?.amountCents).toBe(12_840 + 999);
  },
);

test('a fee that changed between the review and the button is asked about, never charged silently', async () => {
  const account = await rig.account();
  const headers = await rig.visit(account);
  const asked = await rig.post('/pay', { method: 'CC', amountChoice: 'whole', name: 'Jane Doe', email: '' }, headers);
  const cookie = String(asked.headers['set-cookie']).split(';')[0] ?? '';
  const review = (await rig.page('/review', { cookie })).body;
  const field = (name: string) => new RegExp(`name="${name}" value="([^"]+)"`).exec(review)?.[1] ?? '';
  await saveCards({ fees: { ...before.cards.fees, CC: { flatCents: 300, basisPoints: 0 } } });
  const form = { idempotencyKey: field('idempotencyKey'), totalCents: field('totalCents') };
  const answer = await rig.post('/review', form, { cookie });
  expect(answer.statusCode).toBe(409);
  expect(bodyOf(answer.body)).toContain('$131.40');
  const seen = { ...form, totalCents: '13140' };
  expect((await rig.post('/review', seen, { cookie })).statusCode).toBe(303);
});

test('card brands are named to the payer and refused at the processor where they are not taken', async () => {
  const account = await rig.account();
  expect(await payPageOf(account)).toContain('Visa, Mastercard, American Express, Discover');
  await saveCards({ brands: ['visa', 'discover'] });
  const page = await payPageOf(account);
  expect(page).toContain('Visa, Discover');
  expect(page).not.toMatch(/Mastercard|American Express/);
  const { answer, checkout } = await rig.submit(account);
  expect(checkout?.brands).toEqual(['visa', 'discover']);
  const type = (number: string) =>
    fetch(String(answer.headers.location), {
      method: 'POST',
      redirect: 'manual',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: new URLSearchParams({ holder: 'Jane Doe', number, expiry: '12/34', code: '1234', zip: '50265' }).toString(),
    });
  const refused = await type('378282246310005');
  expect(refused.status).toBe(422);
  expect(rig.processor.charges()).toHaveLength(0);
  expect((await type('5555555555554444')).status).toBe(422);
  expect(rig.processor.charges()).toHaveLength(0);
  const told = JSON.stringify([rig.processor.requests(), await rig.deliveries()]);
  expect(told).not.toContain('378282246310005');
  rig.processor.payCheckout(checkout?.id ?? '', 'discover');
  expect((await rig.page(`/payments/${checkout?.reference}`)).body).toContain('Payment received');
});

test.each([
  ['leastCents', { leastCents: 10_000 }, '99.99', '100.00'],
  ['mostCents', { mostCents: 10_000 }, '100.01', '100.00'],
] as const)(
  '%s of a card payment bounds it: said on the page, refused beyond, taken at the edge',
  async (_what, limit, beyond, edge) => {
    const account = await rig.account();
    await saveCards(limit);
    const refused = await rig.submit(account, { amountChoice: 'other', amount: beyond });
    expect(refused.answer.statusCode).toBe(422);
    expect(bodyOf(refused.answer.body)).toContain('$100.00');
    expect((await rig.submit(account, { amountChoice: 'other', amount: edge })).checkout?.amountCents).toBe(10_000);
  },
);

test('more than the balance is taken only where the biller allows it', async () => {
  const account = await rig.account({ policy: { totalUnpaidCents: 40_000 } });
  const more = { amountChoice: 'other', amount: '200.00' };
  expect((await rig.submit(account, more)).answer.statusCode).toBe(422);
  await saveCards({ mayExceedBalance: true });
  expect(await payPageOf(account)).toContain('Everything unpaid: $400.00');
  expect((await rig.submit(account, { amountChoice: 'total' })).checkout?.amountCents).toBe(40_000);
  expect((await rig.submit(account, more)).checkout?.amountCents).toBe(20_000);
});
