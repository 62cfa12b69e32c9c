import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import {
  createProcessorSandbox,
  type ProcessorSandbox,
  passesAba,
  passesLuhn,
  TEST_NUMBERS,
  TEST_ROUTING,
} from './index.ts';
import { BANK_FORM, CARD_FORM, TestClient } from './test-client.ts';

let processor: ProcessorSandbox;
let client: TestClient;

beforeAll(async () => {
  processor = await createProcessorSandbox();
  client = new TestClient(processor);
});
afterAll(() => processor.close());
afterEach(() => processor.faults.clear());

describe('the page', () => {
  it('shows biller, amount, labelled fields, test numbers and a way to cancel, under a strict policy', async () => {
    const checkout = await client.checkout();
    const response = await fetch(checkout.url);
    const html = await response.text();
    expect(html).toContain('<html lang="en">');
    expect(html).toContain('Pay Prairie &amp; Sons Mutual');
    expect(html).toContain('<button type="submit">Pay $128.40</button>');
    expect(html).toContain('4242 4242 4242 4242');
    expect(html).toContain('Cancel and go back');
    for (const name of ['holder', 'number', 'expiry', 'code', 'zip']) expect(html).toContain(`<label for="${name}">`);
    expect(html).not.toContain('<script');
    const policy = response.headers.get('content-security-policy');
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("form-action 'self' http://127.0.0.1:8080");
  });

  it('speaks Spanish, and asks a bank payer for routing and account under the authorization', async () => {
    const authorizationText = 'Autorizo <un> débito de $128.40';
    const checkout = await client.checkout({ method: 'ACH', locale: 'es', authorizationText });
    const html = await (await fetch(checkout.url)).text();
    expect(html).toContain('<html lang="es">');
    expect(html).toContain('Pagar $128.40');
    expect(html).toContain('Número de ruta');
    expect(html).toContain('Autorizo &lt;un&gt; débito');
  });

  it('fills the form with a test number by name, and with nothing else', async () => {
    const checkout = await client.checkout();
    expect(await (await fetch(`${checkout.url}?use=visa`)).text()).toContain('value="4242424242424242"');
    expect(await (await fetch(`${checkout.url}?use=bank`)).text()).not.toContain('value="000123456789"');
    expect(await (await fetch(`${checkout.url}?use=4111111111111111`)).text()).not.toContain('4111111111111111');
  });

  it('says what is wrong at the field and on top, charges nothing, and never sends a number back', async () => {
    const checkout = await client.checkout();
    const typed = { holder: '<b>', number: '4242424242424241', expiry: '13/30', code: '12', zip: 'x' };
    const { status, html } = await client.submit(checkout, typed);
    expect(status).toBe(422);
    expect(html).toContain('<title>Error: ');
    expect(html).toContain('<a href="#number">This is not a valid card number');
    expect(html.match(/aria-invalid="true"/g)).toHaveLength(4);
    expect(html).toContain('value="&lt;b&gt;"');
    expect(html).not.toContain('4242424242424241');
    expect(await client.charge(checkout.reference)).toBeUndefined();
    expect((await client.submit(checkout)).status, 'the same page can be sent again').toBe(303);
  });

  it.each([
    [{ number: '4111111111111111' }, 'use a card number from the list'],
    [{ expiry: '01/20' }, 'This card has expired'],
    [{ code: '1234' }, 'Enter the security code'],
    [{ number: '378282246310005' }, 'Enter the security code'],
    [{ number: '378282246310005', code: '1234' }, 'This biller does not take this card'],
  ])('refuses %j with words', async (wrong, words) => {
    const checkout = await client.checkout({ brands: ['VISA', 'MasterCard'] });
    const { status, html } = await client.submit(checkout, { ...CARD_FORM, ...wrong });
    expect(status).toBe(422);
    expect(html).toContain(words);
  });

  it.each([
    [{ routing: '110000001' }, 'This is not a valid routing number'],
    [{ account: '12' }, 'Enter the account number'],
    [{ account: '123456789' }, 'use an account number from the list'],
    [{ accountType: '' }, 'Choose checking or savings'],
  ])('refuses a bank account with %j', async (wrong, words) => {
    const checkout = await client.checkout({ method: 'ACH' });
    expect((await client.submit(checkout, { ...BANK_FORM, ...wrong })).html).toContain(words);
  });
});

describe('paying', () => {
  it('charges, sends the payer back with the checkout, and tells brand, last four and expiry', async () => {
    const checkout = await client.checkout();
    const { status, location } = await client.submit(checkout);
    expect(status).toBe(303);
    expect(location).toBe(`http://127.0.0.1:8080/prairie/back?step=2&checkout=${checkout.id}`);
    const { json } = await client.get(`/v1/checkouts/${checkout.id}`);
    expect(json).toMatchObject({
      status: 'completed',
      charge: { status: 'approved', amountCents: 12_840, brand: 'Visa', last4: '4242', expiry: '12/34', token: null },
    });
    expect(json.charge?.paymentMessage).toMatch(/^APPROVED \d{6}$/);
    expect(await client.charge(checkout.reference)).toEqual(json.charge);
  });

  it('makes one charge however often and however quickly the form is sent', async () => {
    const checkout = await client.checkout();
    const answers = await Promise.all(Array.from({ length: 10 }, () => client.submit(checkout)));
    expect(answers.filter(({ status }) => status === 303 || status === 410)).toHaveLength(10);
    expect((await client.submit(checkout)).status).toBe(303);
    expect(processor.charges().filter(({ reference }) => reference === checkout.reference)).toHaveLength(1);
  });

  it.each(TEST_NUMBERS.filter(({ decline }) => decline))(
    'declines $name in the words of the network and ends the checkout',
    async (test) => {
      const checkout = await client.checkout({ method: test.kind });
      const form = test.kind === 'CC' ? { ...CARD_FORM, number: test.number } : { ...BANK_FORM, account: test.number };
      expect((await client.submit(checkout, form)).status).toBe(303);
      const charge = await client.charge(checkout.reference);
      expect(charge?.status).toBe('declined');
      expect(charge?.paymentMessage).toBe(`DECLINED ${test.decline?.code} ${test.decline?.words}`);
      expect(charge?.sentence).toBe(test.decline?.sentence.en);
    },
  );

  it.each(['error-after-charge', 'cut-after-charge', 'bank-error-after-charge'])(
    '%s charges and gives no good answer',
    async (name) => {
      const test = TEST_NUMBERS.find((known) => known.name === name);
      const checkout = await client.checkout({ method: test?.kind });
      const form =
        test?.kind === 'ACH' ? { ...BANK_FORM, account: test.number } : { ...CARD_FORM, number: test?.number ?? '' };
      const answer = await client.submit(checkout, form).catch(() => null);
      expect(answer?.status ?? 500).toBe(500);
      expect((await client.charge(checkout.reference))?.status).toBe('approved');
    },
  );

  it('error-before-charge charges nothing, and the page can be used again', async () => {
    const checkout = await client.checkout();
    expect((await client.submit(checkout, { ...CARD_FORM, number: '4000002500003155' })).status).toBe(500);
    expect(await client.charge(checkout.reference)).toBeUndefined();
    expect((await client.submit(checkout)).status).toBe(303);
  });

  it('is processing while a slow network takes its time, and cannot be cancelled then', async () => {
    const slow = TEST_NUMBERS.find(({ name }) => name === 'slow');
    const waitMs = slow?.waitMs;
    if (slow) slow.waitMs = 3_000;
    const checkout = await client.checkout();
    const submitted = client.submit(checkout, { ...CARD_FORM, number: slow?.number ?? '' });
    await expect.poll(async () => (await client.get(`/v1/checkouts/${checkout.id}`)).json.status).toBe('processing');
    const { reference } = checkout;
    const cancelled = await client.ask('POST', '/v1/checkouts/cancel', { body: { reference } });
    expect(cancelled.json).toMatchObject({ checkout: { status: 'processing' }, charge: null });
    expect((await submitted).status).toBe(303);
    expect((await client.charge(reference))?.status).toBe('approved');
    if (slow && waitMs !== undefined) slow.waitMs = waitMs;
  });

  it('stores a method only where the checkout says so, and a setup stores without a charge', async () => {
    const asked = await client.checkout({ saveMethod: 'ask' });
    await client.submit(asked);
    expect((await client.get(`/v1/checkouts/${asked.id}`)).json.paymentMethod).toBeNull();
    const ticked = await client.checkout({ saveMethod: 'ask' });
    await client.submit(ticked, { ...CARD_FORM, remember: 'yes' });
    expect((await client.get(`/v1/checkouts/${ticked.id}`)).json.paymentMethod).toMatchObject({ last4: '4242' });
    const setup = await client.checkout({ mode: 'setup', amountCents: undefined, method: 'ACH' });
    await client.submit(setup, BANK_FORM);
    const { json } = await client.get(`/v1/checkouts/${setup.id}`);
    expect(json).toMatchObject({
      status: 'completed',
      charge: null,
      paymentMethod: { brand: 'Checking', last4: '6789' },
    });
  });

  it('cancels by the payer, and a cancelled or expired page charges nothing', async () => {
    const checkout = await client.checkout();
    const response = await fetch(`${checkout.url}/cancel`, { method: 'POST', redirect: 'manual' });
    expect(response.headers.get('location')).toBe(`http://127.0.0.1:8080/prairie/cancelled?checkout=${checkout.id}`);
    expect((await client.submit(checkout)).status).toBe(410);
    const brief = await client.checkout({ expiresInSeconds: 1 });
    await expect.poll(async () => (await client.get(`/v1/checkouts/${brief.id}`)).json.status).toBe('expired');
    expect((await client.submit(brief)).status).toBe(410);
    expect(await client.charge(brief.reference)).toBeUndefined();
  });

  it('keeps no number: not in its state, not in its lists, not in its output', async () => {
    const spies = [vi.spyOn(console, 'log'), vi.spyOn(console, 'error')];
    const card = await client.checkout({ saveMethod: 'always' });
    await client.submit(card);
    const bank = await client.checkout({ method: 'ACH', saveMethod: 'always' });
    await client.submit(bank, BANK_FORM);
    const kept = JSON.stringify([
      processor.charges(),
      processor.checkouts(),
      processor.methods(),
      processor.events(),
      processor.requests(),
      spies.map((spy) => spy.mock.calls),
    ]);
    expect(kept).toContain('4242');
    for (const number of ['4242424242424242', '000123456789', TEST_ROUTING]) expect(kept).not.toContain(number);
    for (const spy of spies) spy.mockRestore();
  });
});

describe('numbers', () => {
  it('pass their checksums, are named once, and all stand in the README', () => {
    const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8');
    expect(new Set(TEST_NUMBERS.map(({ name }) => name)).size).toBe(TEST_NUMBERS.length);
    expect(new Set(TEST_NUMBERS.map(({ kind, number }) => kind + number)).size).toBe(TEST_NUMBERS.length);
    for (const { name, kind, number, label } of TEST_NUMBERS) {
      if (kind === 'CC') expect(passesLuhn(number), name).toBe(true);
      expect(readme).toContain(`| \`${name}\` | ${number} | ${label.en} |`);
    }
    expect(passesAba(TEST_ROUTING)).toBe(true);
  });

  it('fail Luhn and ABA when any one digit is another', () => {
    const digit = fc.integer({ min: 1, max: 9 });
    const change = (number: string, at: number, by: number): string =>
      number.slice(0, at) + ((Number(number[at]) + by) % 10) + number.slice(at + 1);
    fc.assert(fc.property(fc.nat(15), digit, (at, by) => !passesLuhn(change('4242424242424242', at, by))));
    fc.assert(fc.property(fc.nat(8), digit, (at, by) => !passesAba(change('021000021', at, by))));
  });
});
