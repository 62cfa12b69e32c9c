import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { cookieOf, withPayerSite } from '../../testing/payer-rig.ts';

type Site = Awaited<ReturnType<typeof withPayerSite>>;

let site: Site;
beforeAll(async () => {
  site = await withPayerSite();
});
afterAll(() => site?.close());

/** A payer who stands before the last button: what the page sends, and the session it is sent with. */
async function beforePaying(accountNumber: string) {
  const found = await site.visit(accountNumber);
  const typed = { method: 'CC', amountChoice: 'whole', amount: '', name: 'Jane Doe', email: '' };
  const session = cookieOf(await site.post('/pay', typed, found));
  const review = await site.page('/review', session);
  const idempotencyKey = /name="idempotencyKey" value="([^"]+)"/.exec(review.body)?.[1] ?? '';
  return { session, form: { idempotencyKey } };
}

const checkoutsOf = (accountNumber: string) =>
  site.processor.checkouts().filter((one) => JSON.stringify(one).includes(accountNumber));

describe('the last button, pressed again', () => {
  test('before the first answer is there, or with the session that answer left, leads to the same page of the processor', async () => {
    const accountNumber = await site.account();
    const { session, form } = await beforePaying(accountNumber);
    const together = await Promise.all([1, 2, 3].map(() => site.post('/review', form, session)));
    const [first] = together;
    if (!first) throw new Error('no answer');
    const late = await site.post('/review', form, cookieOf(first));
    for (const answer of [...together, late]) {
      expect(answer.statusCode, answer.body.slice(0, 300)).toBe(303);
      expect(answer.headers.location).toBe(first.headers.location);
    }
    expect(String(first.headers.location)).toContain(site.processor.url);
    expect(checkoutsOf(accountNumber)).toHaveLength(1);
  });

  test('after it was paid, leads to the receipt', async () => {
    const accountNumber = await site.account();
    const { session, form } = await beforePaying(accountNumber);
    const first = await site.post('/review', form, session);
    const [checkout] = checkoutsOf(accountNumber);
    if (!checkout) throw new Error('no checkout');
    site.processor.payCheckout(checkout.id, 'visa');
    await site.page(`/payments/${checkout.reference}`);
    for (const cookie of [session, cookieOf(first)]) {
      const again = await site.post('/review', form, cookie);
      expect(again.headers.location).toBe(`/prairie/payments/${checkout.reference}`);
    }
    expect(checkoutsOf(accountNumber)).toHaveLength(1);
  });

  test('in the session of another account, leads nowhere near that payment', async () => {
    const accountNumber = await site.account();
    const { session, form } = await beforePaying(accountNumber);
    await site.post('/review', form, session);
    const elsewhere = await site.visit(await site.account());
    const answer = await site.post('/review', form, elsewhere);
    expect(answer.headers.location).toBe('/prairie/pay');
    expect(checkoutsOf(accountNumber)).toHaveLength(1);
  });
});
