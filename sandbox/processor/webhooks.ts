import { createHmac } from 'node:crypto';
import type { ProcessorEvent } from './records.ts';

/** Waits before each retry; after the last one an event is only in the list. */
const RETRY_DELAYS_MS = [0, 1_000, 5_000, 30_000, 120_000, 600_000, 1_800_000, 3_600_000];
/** How long the receiver may take. */
const ANSWER_MS_MAX = 10_000;
/** Tries remembered for the control API. */
const TRIES_MAX = 10_000;
/** With `order: "reverse"` events gather this long before the newest goes first. */
const GATHER_MS = 150;

/** Where and how events are sent. */
export interface WebhookSettings {
  /** Null sends nothing; events wait for a URL. */
  url: string | null;
  /** `whsec_` and base64, as Standard Webhooks writes it. */
  secret: string;
  /** Nothing goes out until it is false again. */
  paused: boolean;
  /** Each event is sent twice. */
  duplicate: boolean;
  order: 'in-order' | 'reverse';
  /** Waits before the first try of each event. */
  delayMs: number;
  retryDelaysMs: number[];
}

export interface WebhookTry {
  eventId: string;
  type: string;
  at: number;
  attempt: number;
  /** Null when no answer came. */
  status: number | null;
}

export const DEFAULT_WEBHOOK: Omit<WebhookSettings, 'secret'> = {
  url: null,
  paused: false,
  duplicate: false,
  order: 'in-order',
  delayMs: 0,
  retryDelaysMs: RETRY_DELAYS_MS,
};

/** The three headers of Standard Webhooks over `id.timestamp.body`, HMAC-SHA256 with the secret's bytes. */
export function signWebhook(
  secret: string,
  { id, timestamp, body }: { id: string; timestamp: number; body: string },
): { 'webhook-id': string; 'webhook-timestamp': string; 'webhook-signature': string } {
  const key = Buffer.from(secret.replace(/^whsec_/, ''), 'base64');
  const signature = createHmac('sha256', key).update(`${id}.${timestamp}.${body}`).digest('base64');
  return { 'webhook-id': id, 'webhook-timestamp': String(timestamp), 'webhook-signature': `v1,${signature}` };
}

interface Waiting {
  event: ProcessorEvent;
  attempt: number;
  dueAt: number;
}

/** Sends events one at a time until each is answered with 2xx or its retries are used up. */
export class WebhookSender {
  settings: WebhookSettings;
  tries: WebhookTry[] = [];
  private readonly waiting = new Map<string, Waiting>();
  private readonly onDelivered: (eventId: string) => void;
  private timer: NodeJS.Timeout | null = null;
  private isPumping = false;
  private isClosed = false;

  constructor(settings: WebhookSettings, onDelivered: (eventId: string) => void) {
    this.settings = settings;
    this.onDelivered = onDelivered;
  }

  add(event: ProcessorEvent): void {
    const gatherMs = this.settings.order === 'reverse' ? GATHER_MS : 0;
    const firstMs = this.settings.retryDelaysMs[0] ?? 0;
    const dueAt = Date.now() + this.settings.delayMs + gatherMs + firstMs;
    this.waiting.set(event.id, { event, attempt: 1, dueAt });
    this.wake();
  }

  configure(patch: Partial<WebhookSettings>): WebhookSettings {
    this.settings = { ...this.settings, ...patch };
    this.wake();
    return this.settings;
  }

  /** Sends one event now, whatever was sent before. Gives the status, or null without an answer. */
  async send(event: ProcessorEvent, attempt = 1): Promise<number | null> {
    const { url, secret } = this.settings;
    if (url === null) return null;
    const body = JSON.stringify(event);
    const timestamp = Math.floor(Date.now() / 1_000);
    const headers = { 'Content-Type': 'application/json', ...signWebhook(secret, { id: event.id, timestamp, body }) };
    let status: number | null = null;
    try {
      const signal = AbortSignal.timeout(ANSWER_MS_MAX);
      const response = await fetch(url, { method: 'POST', body, headers, signal, redirect: 'manual' });
      await response.body?.cancel();
      status = response.status;
    } catch {
      // No answer: the retry is the answer to it, and the try below says so.
      status = null;
    }
    this.tries.push({ eventId: event.id, type: event.type, at: Date.now(), attempt, status });
    if (this.tries.length > TRIES_MAX) this.tries.shift();
    return status;
  }

  pending(): { eventId: string; attempt: number; dueAt: number }[] {
    return [...this.waiting.values()].map(({ event, attempt, dueAt }) => ({ eventId: event.id, attempt, dueAt }));
  }

  forget(): void {
    this.waiting.clear();
    this.tries = [];
  }

  close(): void {
    this.isClosed = true;
    if (this.timer) clearTimeout(this.timer);
  }

  private wake(): void {
    if (this.isClosed || this.isPumping || this.settings.paused || this.settings.url === null) return;
    if (this.timer) clearTimeout(this.timer);
    let next = Number.POSITIVE_INFINITY;
    for (const { dueAt } of this.waiting.values()) next = Math.min(next, dueAt);
    if (next === Number.POSITIVE_INFINITY) return;
    this.timer = setTimeout(() => void this.pump(), Math.max(0, next - Date.now()));
    this.timer.unref();
  }

  private async pump(): Promise<void> {
    this.isPumping = true;
    const now = Date.now();
    // What gathered while the oldest waited goes along, newest first: that is what "reverse" is for.
    const until = this.settings.order === 'reverse' ? now + GATHER_MS : now;
    const due = [...this.waiting.values()]
      .filter(({ dueAt }) => dueAt <= until)
      .sort((a, b) => a.event.seq - b.event.seq);
    if (this.settings.order === 'reverse') due.reverse();
    for (const one of due) {
      if (this.isClosed || this.settings.paused) break;
      await this.sendWaiting(one);
    }
    this.isPumping = false;
    this.wake();
  }

  private async sendWaiting(one: Waiting): Promise<void> {
    const status = await this.send(one.event, one.attempt);
    if (this.settings.duplicate) await this.send(one.event, one.attempt);
    if (this.isClosed || !this.waiting.has(one.event.id)) return;
    const retryMs = this.settings.retryDelaysMs[one.attempt];
    if (status !== null && status >= 200 && status < 300) {
      this.waiting.delete(one.event.id);
      this.onDelivered(one.event.id);
    } else if (retryMs === undefined) this.waiting.delete(one.event.id);
    else Object.assign(one, { attempt: one.attempt + 1, dueAt: Date.now() + retryMs });
  }
}
