import type { Charge, ProcessorSandbox } from './index.ts';

/** What the API answers, with every field a test may look at. */
export interface Told {
  id: string;
  url: string;
  status: string;
  reference: string;
  charge: Charge | null;
  charges: Charge[];
  checkouts: Told[];
  paymentMethod: { token: string; last4: string } | null;
  events: { id: string; seq: number; type: string; reference: string; code: string | null; charge: Charge | null }[];
  hasMore: boolean;
  error: { code: string; message: string };
  paymentMessage: string;
  refundedCents: number;
  reasonCode: string | null;
}

export interface Answer {
  status: number;
  headers: Headers;
  text: string;
  json: Told;
}

export const CARD_FORM = {
  holder: 'Sandy Sample',
  number: '4242 4242 4242 4242',
  expiry: '12/34',
  code: '123',
  zip: '50265',
};
export const BANK_FORM = {
  holder: 'Sandy Sample',
  routing: '110000000',
  account: '000123456789',
  accountType: 'checking',
};

let count = 0;

/** A plain client of the processor for the tests. */
export class TestClient {
  private readonly processor: ProcessorSandbox;

  constructor(processor: ProcessorSandbox) {
    this.processor = processor;
  }

  async ask(method: string, path: string, { body, key }: { body?: unknown; key?: string } = {}): Promise<Answer> {
    const response = await fetch(`${this.processor.url}${path}`, {
      method,
      headers: {
        Authorization: `Bearer ${this.processor.secretKey}`,
        ...(key === undefined ? {} : { 'Idempotency-Key': key }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    return { status: response.status, headers: response.headers, text, json: JSON.parse(text) as Told };
  }

  get(path: string): Promise<Answer> {
    return this.ask('GET', path);
  }

  /** A checkout over $128.40, by card unless told otherwise, under a reference of its own. */
  async checkout(more: Record<string, unknown> = {}): Promise<Told> {
    count += 1;
    const reference = `pay-${count}`;
    const body = { ...checkoutBody(reference), ...more };
    const answer = await this.ask('POST', '/v1/checkouts', { body, key: String(body.reference) });
    if (answer.status !== 201) throw new Error(answer.text);
    return answer.json;
  }

  /** Sends the page's form, as a browser would, without following the way back. */
  async submit(checkout: Pick<Told, 'url'>, form: Record<string, string> = CARD_FORM) {
    const response = await fetch(checkout.url, { method: 'POST', body: new URLSearchParams(form), redirect: 'manual' });
    return { status: response.status, location: response.headers.get('location'), html: await response.text() };
  }

  /** The charge that came of a reference, as a poll sees it. */
  async charge(reference: string): Promise<Charge | undefined> {
    return (await this.get(`/v1/charges?reference=${reference}`)).json.charges[0];
  }
}

export function checkoutBody(reference: string) {
  return {
    amountCents: 12_840,
    method: 'CC',
    reference,
    description: 'Policy 20240903',
    billerName: 'Prairie & Sons Mutual',
    returnUrl: 'http://127.0.0.1:8080/prairie/back?step=2',
    cancelUrl: 'http://127.0.0.1:8080/prairie/cancelled',
  };
}
