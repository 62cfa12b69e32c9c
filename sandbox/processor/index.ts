import type { IncomingMessage, ServerResponse } from 'node:http';
import { resolve } from 'node:path';
import { openJournal } from '../journal.ts';
import { listen, sendJson } from '../listen.ts';
import { isControl, serveControl } from './control.ts';
import { controlProcessor, type ProcessorControls, settleDue } from './controls.ts';
import { ProcessorFaults } from './faults.ts';
import { ProcessorBook } from './processor-book.ts';
import type { ProcessorCore } from './processor-core.ts';
import type { Put } from './records.ts';
import { serveApi } from './serve-api.ts';
import { servePayPage } from './serve-pay-page.ts';
import { DEFAULT_WEBHOOK, WebhookSender, type WebhookSettings } from './webhooks.ts';

/** How often automatic settlement looks. */
const SETTLE_EVERY_MS = 200;
/** Known to everyone on purpose: a sandbox guards nothing. */
const SANDBOX_SECRET_KEY = 'sk_sandbox_causeway';
const SANDBOX_WEBHOOK_SECRET = `whsec_${Buffer.from('causeway sandbox webhook secret!').toString('base64')}`;

export interface ProcessorSandboxOptions {
  /** 0, the default, takes a free one. */
  port?: number;
  /** Default `127.0.0.1`. */
  host?: string;
  /** Keeps state in this file, over a kill -9. Without it state lives in memory. */
  statePath?: string;
  fsync?: boolean;
  /** The bearer key of `/v1`. */
  secretKey?: string;
  /** Where events go, signed with `secret` (`whsec_` and base64). */
  webhook?: Partial<WebhookSettings>;
  /** Settles each charge this long after it, and brings returns and chargebacks as long after that. Default: only by control. */
  autoSettleMs?: number;
}

/** A running payment processor with its hosted page. */
export interface ProcessorSandbox extends ProcessorControls {
  port: number;
  /** `http://127.0.0.1:4020`: the API is under `/v1`, pages under `/pay`. */
  url: string;
  controlUrl: string;
  secretKey: string;
  webhookSecret: string;
  close(): Promise<void>;
}

/** Starts the processor. Rejects in one sentence when the port is taken. */
export async function createProcessorSandbox(options: ProcessorSandboxOptions = {}): Promise<ProcessorSandbox> {
  const book = new ProcessorBook();
  const path = options.statePath === undefined ? undefined : resolve(options.statePath);
  const journal = openJournal<readonly Put[]>(path, {
    apply: (puts) => book.apply(puts),
    fsync: options.fsync ?? false,
  });
  book.reopenInterrupted();
  const webhook: WebhookSettings = { ...DEFAULT_WEBHOOK, secret: SANDBOX_WEBHOOK_SECRET, ...options.webhook };
  const onDelivered = (eventId: string): void => {
    const puts: Put[] = [{ kind: 'delivered', eventId }];
    journal.append(puts);
    book.apply(puts);
  };
  const core: ProcessorCore = {
    book,
    journal,
    faults: new ProcessorFaults(),
    sender: new WebhookSender(webhook, onDelivered),
    secretKey: options.secretKey ?? SANDBOX_SECRET_KEY,
    requests: [],
    isClosed: false,
    origin: '',
    autoSettleMs: options.autoSettleMs ?? null,
  };
  const controls = controlProcessor(core);
  const listening = await listen((request, response) => serve(core, controls, { request, response }), {
    host: options.host ?? '127.0.0.1',
    port: options.port ?? 0,
    name: 'Processor sandbox',
  }).catch((error: unknown) => {
    journal.close();
    throw error;
  });
  core.origin = listening.origin;
  for (const id of book.undelivered) {
    const event = book.event(id);
    if (event) core.sender.add(event);
  }
  const timer = setInterval(() => settleDue(core, controls, Date.now()), SETTLE_EVERY_MS);
  timer.unref();
  return {
    ...controls,
    port: listening.port,
    url: listening.origin,
    controlUrl: `${listening.origin}/__control/`,
    secretKey: core.secretKey,
    webhookSecret: webhook.secret,
    async close() {
      clearInterval(timer);
      core.isClosed = true;
      core.sender.close();
      await listening.close();
      journal.close();
    },
  };
}

function serve(
  core: ProcessorCore,
  controls: ProcessorControls,
  { request, response }: { request: IncomingMessage; response: ServerResponse },
): void {
  const url = request.url ?? '/';
  const served = isControl(url)
    ? serveControl(controls, request, response)
    : url.startsWith('/pay/')
      ? servePayPage(core, request, response)
      : serveApi(core, request, response);
  served.catch((error: unknown) => {
    // A bug of the sandbox must be seen as one. Bodies are never printed: numbers pass through some.
    console.error('processor sandbox:', error);
    if (response.headersSent) response.destroy();
    else
      sendJson(response, 500, { error: { code: 'sandbox_bug', message: 'The sandbox itself failed; see its output' } });
  });
}

export type { ProcessorControls, WebhookPatch } from './controls.ts';
export type { ActiveProcessorFault, ProcessorFault, ProcessorOperation } from './faults.ts';
export type { ChargeAct } from './move-money.ts';
export type { ProcessorRequest } from './processor-core.ts';
export type {
  Charge,
  ChargeStatus,
  Checkout,
  CheckoutStatus,
  EventType,
  Method,
  MethodKind,
  ProcessorEvent,
} from './records.ts';
export { cardBrand, passesAba, passesLuhn, TEST_NUMBERS, TEST_ROUTING, type TestNumber } from './test-numbers.ts';
export { signWebhook, type WebhookSettings, type WebhookTry } from './webhooks.ts';
