import type { IncomingMessage, ServerResponse } from 'node:http';
import { z } from 'zod';
import { isControlAllowed, parseJson, readBody, sendJson } from '../listen.ts';
import { type ProcessorControls, type WebhookPatch, webhookPatch } from './controls.ts';
import { processorFault } from './faults.ts';
import type { ChargeAct } from './move-money.ts';
import { TEST_NUMBERS, TEST_ROUTING } from './test-numbers.ts';

const BODY_BYTES_MAX = 1 << 20;
const PREFIX = '/__control';

const code = z.string().regex(/^[A-Za-z0-9.]{1,10}$/);
const acts = {
  settle: z.strictObject({}).transform((): ChargeAct => ({ act: 'settle' })),
  void: z.strictObject({}).transform((): ChargeAct => ({ act: 'void' })),
  return: z.strictObject({ code }).transform((body): ChargeAct => ({ act: 'return', code: body.code })),
  chargeback: z.strictObject({ code }).transform((body): ChargeAct => ({ act: 'chargeback', code: body.code })),
  refund: z
    .strictObject({ amountCents: z.number().int().min(1).optional() })
    .transform((body): ChargeAct => ({ act: 'refund', amountCents: body.amountCents })),
};
const sending = z.strictObject({ eventIds: z.array(z.string()).min(1).max(1_000) });
const paying = z.strictObject({ testNumber: z.string().optional() });

/** True for a path of the control API. */
export function isControl(url: string): boolean {
  return url.startsWith(PREFIX);
}

/** Answers one control request: JSON in, JSON out, from this machine only. */
export async function serveControl(controls: ProcessorControls, request: IncomingMessage, response: ServerResponse) {
  if (!isControlAllowed(request)) {
    sendJson(response, 403, { error: 'Control is for this machine only' });
    return;
  }
  const bytes = await readBody(request, BODY_BYTES_MAX);
  const url = new URL(request.url ?? '/', 'http://processor');
  const parts = url.pathname.slice(PREFIX.length).split('/').filter(Boolean).map(decodeURIComponent);
  try {
    const body = await answer(controls, {
      method: request.method ?? 'GET',
      parts,
      body: parseJson(bytes ?? Buffer.of()),
    });
    if (body === undefined) sendJson(response, 404, { error: `No such control: ${request.method} ${url.pathname}` });
    else sendJson(response, 200, body);
  } catch (error) {
    const words =
      error instanceof z.ZodError ? z.prettifyError(error) : error instanceof Error ? error.message : String(error);
    sendJson(response, 400, { error: words });
  }
}

async function answer(
  controls: ProcessorControls,
  { method, parts, body }: { method: string; parts: string[]; body: unknown },
): Promise<unknown> {
  const [what, id, verb] = parts;
  if (method === 'GET') return list(controls, what);
  if (what === 'faults') {
    if (method === 'DELETE') return { cleared: controls.faults.clear(id) };
    return method === 'POST' ? { fault: controls.faults.add(processorFault.parse(body)) } : undefined;
  }
  if (what === 'webhook' && (method === 'PUT' || method === 'PATCH')) {
    return controls.webhook.configure(dropUndefined(webhookPatch.parse(body)));
  }
  if (method !== 'POST') return undefined;
  if (what === 'webhooks' && id === 'send')
    return { statuses: await controls.webhook.send(sending.parse(body).eventIds) };
  if (what === 'settle-all') return { settled: controls.settleAll() };
  if (what === 'return-all') return { returned: controls.returnAll() };
  if (what === 'reset') {
    controls.reset();
    return { reset: true };
  }
  if (id === undefined || verb === undefined) return undefined;
  if (what === 'checkouts' && verb === 'pay')
    return { checkout: controls.payCheckout(id, paying.parse(body).testNumber) };
  if (what === 'charges' && Object.hasOwn(acts, verb)) {
    return { charge: controls.act(id, acts[verb as keyof typeof acts].parse(body)) };
  }
  return undefined;
}

function list(controls: ProcessorControls, what: string | undefined): unknown {
  switch (what) {
    case undefined:
      return {
        charges: controls.charges().length,
        checkouts: controls.checkouts().length,
        events: controls.events().length,
        faults: controls.faults.list().length,
        webhook: controls.webhook.settings(),
      };
    case 'charges':
      return { charges: controls.charges() };
    case 'checkouts':
      return { checkouts: controls.checkouts() };
    case 'methods':
      return { methods: controls.methods() };
    case 'events':
      return { events: controls.events() };
    case 'requests':
      return { requests: controls.requests() };
    case 'faults':
      return { faults: controls.faults.list() };
    case 'webhooks':
      return {
        settings: controls.webhook.settings(),
        tries: controls.webhook.tries(),
        pending: controls.webhook.pending(),
      };
    case 'test-numbers':
      return { routing: TEST_ROUTING, numbers: TEST_NUMBERS };
    default:
      return undefined;
  }
}

function dropUndefined(patch: z.infer<typeof webhookPatch>): WebhookPatch {
  return Object.fromEntries(Object.entries(patch).filter(([, value]) => value !== undefined));
}
