import type { ImtSandbox } from './index.ts';

const JSON_API = 'application/vnd.api+json';

export interface Spoken {
  status: number;
  headers: Headers;
  text: string;
  /** Undefined when the body is no JSON. */
  json: Document | undefined;
}

interface Document {
  data?: { id: string; attributes?: Record<string, unknown> } & Iterable<{ attributes: Record<string, unknown> }>;
  errors?: { status: string; detail: string; source?: { pointer: string } }[];
}

/** A plain client of one instance for the tests: no retry, no cleverness. */
export class TestClient {
  readonly base: string;
  cookie = '';

  constructor(sandbox: Pick<ImtSandbox, 'origin'>, instance = '3401') {
    this.base = `${sandbox.origin}/${instance}/api/`;
  }

  async ask(
    method: string,
    path: string,
    { body, headers = {} }: { body?: unknown; headers?: Record<string, string> } = {},
  ) {
    const response = await fetch(new URL(path, this.base), {
      method,
      redirect: 'manual',
      signal: AbortSignal.timeout(5_000),
      headers: { 'Content-Type': JSON_API, Accept: JSON_API, Cookie: this.cookie, ...headers },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    return { status: response.status, headers: response.headers, text, json: parse(text) } satisfies Spoken;
  }

  async logIn(username = 'causeway', password = 'sandbox-password'): Promise<Spoken> {
    const body = { data: { id: '1', type: 'sessions', attributes: { username, password } } };
    const answer = await this.ask('POST', 'sessions/', { body });
    this.cookie = answer.headers
      .getSetCookie()
      .map((cookie) => cookie.split(';')[0])
      .join('; ');
    return answer;
  }

  close(username = 'causeway'): Promise<Spoken> {
    return this.ask('DELETE', `sessions/${username}`);
  }

  balance(policy: string): Promise<Spoken> {
    return this.ask('GET', `payments-due/?filter[policy_number]=${encodeURIComponent(policy)}`);
  }

  /** `current_due` of the only entry. */
  async due(policy: string): Promise<unknown> {
    const { json } = await this.balance(policy);
    return [...(json?.data ?? [])][0]?.attributes.current_due;
  }

  pay(policy: string, transactionId: string, more: Record<string, unknown> = {}): Promise<Spoken> {
    return this.ask('POST', 'payments/', { body: paymentBody(policy, transactionId, more) });
  }

  change(policy: string, what: Record<string, unknown>): Promise<Spoken> {
    const attributes = { id: policy, policy, sort: '', ...what };
    return this.ask('PATCH', `settings/${policy}/`, {
      body: { data: { type: 'policy-settings', id: policy, attributes } },
    });
  }
}

export function paymentBody(policy: string, transactionId: string, more: Record<string, unknown> = {}) {
  const attributes = {
    id: policy,
    entity_identifier: policy,
    payment_method: 'CC',
    site_fee: '0.00',
    bill_amount_paid: '25.00',
    total_paid: '27.50',
    interest_paid: '0',
    approval_code: 'APPROVED',
    transaction_id: transactionId,
    first_name: 'JESSICA',
    last_name: 'SMITH',
    address_1: '4445 CORPORATE DRIVE',
    address_2: '',
    city: 'WEST DES MOINES',
    state: 'IA',
    zip_code: '50265',
    phone: '',
    email: '',
    raw_payment: '0',
    sort: '',
    ...more,
  };
  return { data: { type: 'payments', id: policy, attributes } };
}

function parse(text: string): Document | undefined {
  try {
    return JSON.parse(text) as Document;
  } catch {
    return undefined;
  }
}
