import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { PAYER_BID, withPayerSite } from '../../testing/payer-rig.ts';
import { reversePayment } from '../payments/index.ts';

type Site = Awaited<ReturnType<typeof withPayerSite>>;

let site: Site;
beforeAll(async () => {
  site = await withPayerSite();
});
afterAll(() => site?.close());
afterEach(() => {
  site.processor.faults.clear();
});

async function begun() {
  const { checkout } = await site.submit(await site.account());
  if (!checkout) throw new Error('no checkout');
  return { id: checkout.id, path: `/payments/${checkout.reference}` };
}

describe('the page of a payment on the processor’s page', () => {
  test('says that nothing was charged only while the processor itself says so', async () => {
    const { id, path } = await begun();
    const open = (await site.page(path)).body;
    expect(open).toContain('You have not been charged yet');
    expect(open).toContain(`/pay/${id}`);
    site.processor.payCheckout(id, 'visa');
    site.processor.faults.add({ operation: 'status', kind: 'cut' });
    const unanswered = (await site.page(path)).body;
    expect(unanswered).toContain('Your payment is being confirmed');
    expect(unanswered).not.toContain('not been charged');
    expect(unanswered).not.toContain(`/pay/${id}`);
    site.processor.faults.clear();
    expect((await site.page(path)).body).toContain('Payment received');
  });

  test('is awaited while the network has not answered', async () => {
    const { id, path } = await begun();
    const typed = { holder: 'Jane Doe', number: '4000000000000077', expiry: '12/30', code: '123', zip: '50265' };
    const paying = fetch(`${site.processor.url}/pay/${id}`, {
      method: 'POST',
      body: new URLSearchParams(typed),
      redirect: 'manual',
    });
    await site.until(() => site.processor.checkouts().find((one) => one.id === id && one.status === 'processing'));
    const shown = (await site.page(path)).body;
    expect(shown).toContain('Your payment is being confirmed');
    expect(shown).not.toContain('Choose another way');
    await paying;
    expect((await site.page(path)).body).toContain('Payment received');
  });

  test('closed by the payer, says that nothing was taken', async () => {
    const { id, path } = await begun();
    await fetch(`${site.processor.url}/pay/${id}/cancel`, { method: 'POST', redirect: 'manual' });
    expect((await site.page(path)).body).toContain('The payment was not made');
  });
});

describe('the clocks', () => {
  test('a payment that went back says how and when, and not that it will settle', async () => {
    const { publicId, path } = await site.pay(await site.account());
    const { payment_id: paymentId } = await site.deps.database.withBiller(PAYER_BID, (tx) =>
      tx.selectFrom('payment').select('payment_id').where('public_id', '=', publicId).executeTakeFirstOrThrow(),
    );
    const before = (await site.page(path)).body;
    expect(before).toMatch(/In a few days\. It can be returned or disputed until [A-Z][a-z]+ \d+, \d{4}\./);
    await reversePayment(site.deps, {
      bid: PAYER_BID,
      paymentId,
      act: 'void',
      reason: 'asked by the payer',
      by: 'test',
      idempotencyKey: 'void-1',
    });
    const after = (await site.page(path)).body;
    expect(after).toContain('This payment was reversed');
    expect(after).toMatch(/Cancelled · [A-Z][a-z]+ \d+/);
    expect(after).not.toContain('In a few days');
  });
});
