import { createHmac } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createProcessorSandbox, type ProcessorSandbox } from './index.ts';
import { CARD_FORM, checkoutBody, TestClient } from './test-client.ts';

let processor: ProcessorSandbox;
let client: TestClient;

beforeEach(async () => {
  processor = await createProcessorSandbox();
  client = new TestClient(processor);
});
afterEach(() => processor.close());

async function storedToken(testNumber = 'visa'): Promise<string> {
  const setup = await client.checkout({
    mode: 'setup',
    amountCents: undefined,
    method: testNumber.startsWith('bank') ? 'ACH' : 'CC',
  });
  return processor.payCheckout(setup.id, testNumber).token ?? '';
}

async function paid(testNumber: string) {
  const checkout = await client.checkout({ method: testNumber.startsWith('bank') ? 'ACH' : 'CC' });
  processor.payCheckout(checkout.id, testNumber);
  const charge = await client.charge(checkout.reference);
  if (!charge) throw new Error('no charge');
  return charge;
}

describe('keys and references', () => {
  it('answers 401 without the secret key and 400 without an Idempotency-Key', async () => {
    const bare = await fetch(`${processor.url}/v1/events`);
    expect(bare.status).toBe(401);
    const keyless = await client.ask('POST', '/v1/checkouts', { body: checkoutBody('r') });
    expect(keyless).toMatchObject({ status: 400, json: { error: { code: 'idempotency_key_needed' } } });
  });

  it('repeats the first answer for the same key and body, and refuses another body with 409', async () => {
    const body = checkoutBody('r1');
    const first = await client.ask('POST', '/v1/checkouts', { body, key: 'k' });
    const second = await client.ask('POST', '/v1/checkouts', { body, key: 'k' });
    expect(second.text).toBe(first.text);
    expect(second.headers.get('idempotent-replayed')).toBe('true');
    const other = await client.ask('POST', '/v1/checkouts', { body: { ...body, amountCents: 1 }, key: 'k' });
    expect(other).toMatchObject({ status: 409, json: { error: { code: 'idempotency_conflict' } } });
    expect(processor.checkouts()).toHaveLength(1);
  });

  it('makes one charge of a stored method under ten requests with one key', async () => {
    const body = { token: await storedToken(), amountCents: 500, reference: 'auto-1' };
    const answers = await Promise.all(
      Array.from({ length: 10 }, () => client.ask('POST', '/v1/charges', { body, key: 'a' })),
    );
    expect(new Set(answers.map(({ text }) => text)).size).toBe(1);
    expect(answers[0]).toMatchObject({ status: 201, json: { status: 'approved', amountCents: 500, last4: '4242' } });
    expect(processor.charges()).toHaveLength(1);
  });

  it('lets a reference serve once, whatever the key', async () => {
    const checkout = await client.checkout();
    const again = await client.ask('POST', '/v1/checkouts', { body: checkoutBody(checkout.reference), key: 'other' });
    expect(again).toMatchObject({ status: 409, json: { error: { code: 'reference_in_use' } } });
  });

  it('makes sure that no charge can come of a cancelled reference, even of one it never saw', async () => {
    const checkout = await client.checkout();
    const cancel = (reference: string) => client.ask('POST', '/v1/checkouts/cancel', { body: { reference } });
    expect((await cancel(checkout.reference)).json).toMatchObject({ checkout: { status: 'cancelled' }, charge: null });
    expect((await client.submit(checkout)).status).toBe(410);
    expect((await cancel('late')).json).toMatchObject({ checkout: null, charge: null });
    const late = await client.ask('POST', '/v1/checkouts', { body: checkoutBody('late'), key: 'late' });
    expect(late).toMatchObject({ status: 409, json: { error: { code: 'reference_cancelled' } } });
    const charge = await paid('visa');
    expect((await cancel(charge.reference)).json).toMatchObject({ charge: { id: charge.id, status: 'approved' } });
  });

  it.each([
    [{ amountCents: 0 }],
    [{ amountCents: 1.5 }],
    [{ currency: 'EUR' }],
    [{ returnUrl: 'javascript:alert(1)' }],
    [{ reference: 'a b' }],
    [{ cardNumber: '4242424242424242' }],
  ])('refuses a checkout with %j', async (wrong) => {
    const answer = await client.ask('POST', '/v1/checkouts', { body: { ...checkoutBody('r'), ...wrong }, key: 'k' });
    expect(answer.status).toBe(422);
    expect(processor.checkouts()).toHaveLength(0);
  });
});

describe('the life of a charge', () => {
  it('voids before settlement, refunds after it, in parts and never more than was taken', async () => {
    const voided = await paid('visa');
    const act = (id: string, verb: string, body: object, key: string) =>
      client.ask('POST', `/v1/charges/${id}/${verb}`, { body, key });
    expect((await act(voided.id, 'refund', {}, 'k1')).status).toBe(409);
    expect((await act(voided.id, 'void', {}, 'k2')).json.status).toBe('voided');
    const settled = await paid('mastercard');
    expect(processor.settleAll()).toBe(1);
    expect((await act(settled.id, 'void', {}, 'k3')).status).toBe(409);
    expect((await act(settled.id, 'refund', { amountCents: 840 }, 'k4')).json).toMatchObject({
      status: 'settled',
      refundedCents: 840,
    });
    expect((await act(settled.id, 'refund', { amountCents: 840 }, 'k4')).json.refundedCents, 'the same key').toBe(840);
    expect((await act(settled.id, 'refund', { amountCents: 12_001 }, 'k5')).status).toBe(409);
    expect((await act(settled.id, 'refund', {}, 'k6')).json).toMatchObject({
      status: 'refunded',
      refundedCents: 12_840,
    });
  });

  it.each([
    ['bank-r01', 'returned', 'R01'],
    ['bank-r03', 'returned', 'R03'],
    ['bank-r10', 'returned', 'R10'],
    ['chargeback', 'charged_back', '10.4'],
  ])('%s settles, then is %s with %s', async (name, status, code) => {
    const charge = await paid(name);
    expect(processor.returnAll(), 'nothing comes back before it has settled').toBe(0);
    processor.settleAll();
    expect(processor.returnAll()).toBe(1);
    expect(await client.charge(charge.reference)).toMatchObject({ status, reasonCode: code });
    const { events } = (await client.get('/v1/events')).json;
    expect(events.map(({ type }) => type)).toEqual(['charge.approved', 'charge.settled', `charge.${status}`]);
    expect(events.at(-1)).toMatchObject({ code, reference: charge.reference, charge: { status } });
  });

  it('settles by itself where told to, and then brings what is in store', async () => {
    await processor.close();
    processor = await createProcessorSandbox({ autoSettleMs: 30 });
    client = new TestClient(processor);
    const charge = await paid('bank-r01');
    await expect.poll(async () => (await client.charge(charge.reference))?.status).toBe('returned');
  });

  it('declines a stored method later where its test number says so', async () => {
    const body = { token: await storedToken('declines-later'), amountCents: 500, reference: 'auto-2' };
    const { status, json } = await client.ask('POST', '/v1/charges', { body, key: 'a' });
    expect([status, json.status, json.paymentMessage]).toEqual([201, 'declined', 'DECLINED 51 INSUFFICIENT FUNDS']);
    await client.ask('DELETE', `/v1/payment-methods/${body.token}`);
    const gone = await client.ask('POST', '/v1/charges', { body: { ...body, reference: 'auto-3' }, key: 'b' });
    expect(gone.status).toBe(404);
  });

  it('lists events after a cursor, page by page, without a gap', async () => {
    for (let at = 0; at < 5; at += 1) await paid('visa');
    const first = (await client.get('/v1/events?limit=2')).json;
    expect(first).toMatchObject({ hasMore: true, events: [{ seq: 1 }, { seq: 2 }] });
    const rest = (await client.get(`/v1/events?after=${first.events[1]?.id}`)).json;
    expect(rest).toMatchObject({ hasMore: false, events: [{ seq: 3 }, { seq: 4 }, { seq: 5 }] });
  });
});

describe('faults', () => {
  it('fails before or after the work, as told, and a retry with the same key heals it', async () => {
    const body = { token: await storedToken(), amountCents: 500, reference: 'auto-4' };
    const charge = () => client.ask('POST', '/v1/charges', { body, key: 'a' }).catch(() => null);
    processor.faults.add({ operation: 'charge', count: 1, kind: 'unavailable', when: 'before' });
    expect((await charge())?.status).toBe(503);
    expect(processor.charges()).toHaveLength(0);
    processor.faults.add({ operation: 'charge', count: 1, kind: 'cut', when: 'after' });
    expect(await charge()).toBeNull();
    expect(processor.charges()).toHaveLength(1);
    expect((await charge())?.status).toBe(201);
    expect(processor.charges()).toHaveLength(1);
  });

  it('charges on the page and then answers 500', async () => {
    const checkout = await client.checkout();
    processor.faults.add({ operation: 'submit', reference: checkout.reference, kind: 'error', when: 'after' });
    expect((await client.submit(checkout, CARD_FORM)).status).toBe(500);
    expect((await client.charge(checkout.reference))?.status).toBe('approved');
  });
});

interface Hook {
  id: string;
  type: string;
  isSigned: boolean;
}

describe('webhooks', () => {
  let receiver: Server;
  let got: Hook[];
  let answers: number[];

  beforeEach(async () => {
    got = [];
    answers = [];
    receiver = createServer((request, response) => {
      let body = '';
      request.on('data', (part: Buffer) => {
        body += part.toString();
      });
      request.on('end', () => {
        const { 'webhook-id': id, 'webhook-timestamp': at, 'webhook-signature': signature } = request.headers;
        const key = Buffer.from(processor.webhookSecret.slice('whsec_'.length), 'base64');
        const right = `v1,${createHmac('sha256', key).update(`${id}.${at}.${body}`).digest('base64')}`;
        got.push({ id: String(id), type: (JSON.parse(body) as Hook).type, isSigned: signature === right });
        response.writeHead(answers.shift() ?? 204).end();
      });
    });
    await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve));
    const url = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/hooks`;
    processor.webhook.configure({ url, retryDelaysMs: [0, 10, 10, 10] });
  });
  afterEach(() => new Promise((resolve) => receiver.close(resolve)));

  it('are signed as Standard Webhooks says and come in order', async () => {
    const charge = await paid('visa');
    processor.act(charge.id, { act: 'settle' });
    await expect.poll(() => got.length).toBe(2);
    expect(got.map(({ type, isSigned }) => [type, isSigned])).toEqual([
      ['charge.approved', true],
      ['charge.settled', true],
    ]);
  });

  it('are sent again with the same id until they are answered with 2xx', async () => {
    answers = [500, 302];
    await paid('visa');
    await expect.poll(() => processor.webhook.pending()).toEqual([]);
    expect(got).toHaveLength(3);
    expect(new Set(got.map(({ id }) => id)).size).toBe(1);
    expect(processor.webhook.tries().map(({ status }) => status)).toEqual([500, 302, 204]);
  });

  it('come twice, backwards, or again, as told', async () => {
    processor.webhook.configure({ duplicate: true, order: 'reverse' });
    const charge = await paid('visa');
    processor.act(charge.id, { act: 'settle' });
    await expect.poll(() => got.length).toBe(4);
    expect(got.map(({ type }) => type)).toEqual([
      'charge.settled',
      'charge.settled',
      'charge.approved',
      'charge.approved',
    ]);
    const ids = processor.events().map(({ id }) => id);
    expect(await processor.webhook.send(ids.reverse())).toEqual([204, 204]);
    expect(got.slice(4).map(({ id }) => id)).toEqual(ids);
  });
});

describe('state', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'processor-sandbox-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it('survives a restart with charges, keys, tokens and undelivered events, and holds no number', async () => {
    await processor.close();
    const statePath = join(folder, 'processor.jsonl');
    processor = await createProcessorSandbox({ statePath });
    client = new TestClient(processor);
    const checkout = await client.checkout({ saveMethod: 'always' });
    await client.submit(checkout);
    const before = [processor.charges(), processor.methods(), processor.events()];
    await processor.close();
    expect(readFileSync(statePath, 'utf8')).not.toContain('4242424242424242');
    processor = await createProcessorSandbox({ statePath });
    client = new TestClient(processor);
    expect([processor.charges(), processor.methods(), processor.events()]).toEqual(before);
    const body = checkoutBody(checkout.reference);
    const again = await client.ask('POST', '/v1/checkouts', {
      body: { ...body, saveMethod: 'always' },
      key: checkout.reference,
    });
    expect(again.json.id).toBe(checkout.id);
    processor.webhook.configure({ url: 'http://127.0.0.1:1/' });
    expect(processor.webhook.pending()).toHaveLength(1);
  });
});

describe('control over HTTP', () => {
  it('pays, settles, returns, lists and resets', async () => {
    const post = async (path: string, body: object = {}) =>
      (await fetch(`${processor.controlUrl}${path}`, { method: 'POST', body: JSON.stringify(body) })).json();
    const checkout = await client.checkout({ method: 'ACH' });
    expect(await post(`checkouts/${checkout.id}/pay`, { testNumber: 'bank' })).toMatchObject({
      checkout: { status: 'completed' },
    });
    expect(await post('settle-all')).toEqual({ settled: 1 });
    const id = processor.charges()[0]?.id ?? '';
    expect(await post(`charges/${id}/return`, { code: 'R07' })).toMatchObject({
      charge: { status: 'returned', reasonCode: 'R07' },
    });
    expect(await post(`charges/${id}/chargeback`, { code: '10.4' })).toMatchObject({
      error: expect.stringContaining('returned'),
    });
    const listed = (await (await fetch(`${processor.controlUrl}charges`)).json()) as { charges: unknown[] };
    expect(listed.charges).toHaveLength(1);
    await post('reset');
    expect(processor.charges()).toEqual([]);
  });
});
