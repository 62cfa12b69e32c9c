import { Webhook } from 'standardwebhooks';
import type { Random } from '../../platform/random.ts';
import type { Secret } from '../../platform/secrets.ts';

/** Standard Webhooks asks for 24 to 64 random bytes. */
const SECRET_BYTES = 32;
const PREFIX = 'whsec_';

export function newWebhookSecret(random: Pick<Random, 'bytes'>): string {
  return `${PREFIX}${random.bytes(SECRET_BYTES).toString('base64')}`;
}

/**
 * The three headers of Standard Webhooks over the very bytes that are sent. While a secret is being replaced both sign,
 * and the receiver may verify by either.
 */
export function webhookHeaders(
  secrets: readonly Secret[],
  from: { messageId: string; at: Temporal.Instant; body: string },
): Record<string, string> {
  const at = new Date(from.at.epochMilliseconds);
  const signatures = secrets.map((secret) => new Webhook(secret.reveal()).sign(from.messageId, at, from.body));
  return {
    'content-type': 'application/json',
    'webhook-id': from.messageId,
    'webhook-timestamp': String(Math.floor(from.at.epochMilliseconds / 1000)),
    'webhook-signature': signatures.join(' '),
  };
}
