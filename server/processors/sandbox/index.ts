import type { Processor } from '../../features/payments/processor.ts';
import type { Platform } from '../../platform/platform.ts';
import { Secret } from '../../platform/secrets.ts';
import { callProcessor, type SandboxApi } from './call.ts';
import { cancelCheckout, createCheckout, findCharge } from './checkouts.ts';
import { listEvents, readSignedEvent } from './events.ts';
import { moveCharge } from './move-charge.ts';

/**
 * The hosted checkout of CAUSEWAY_PROCESSOR_URL behind the processor port; undefined where it is not configured. The
 * payer types numbers on its page, on its origin: nothing here ever sees one.
 */
export function createSandboxProcessor(
  platform: Pick<Platform, 'config' | 'egress' | 'clock' | 'log'>,
): Processor | undefined {
  const { processorUrl, processorSecret, processorWebhookSecret } = platform.config;
  if (processorUrl === undefined || processorSecret === undefined) return undefined;
  const api: SandboxApi = {
    baseUrl: processorUrl.replace(/\/+$/, ''),
    secret: new Secret(processorSecret),
    egress: platform.egress,
  };
  const webhookSecret = processorWebhookSecret === undefined ? undefined : new Secret(processorWebhookSecret);
  return {
    name: 'sandbox',
    createCheckout: (request) => createCheckout(api, request),
    findCharge: (reference) => findCharge(api, reference),
    cancelCheckout: (reference) => cancelCheckout(api, reference),
    voidCharge: (reference) => moveCharge(api, { reference, verb: 'void' }),
    refundCharge: (reference) => moveCharge(api, { reference, verb: 'refund' }),
    readEvent: (headers, rawBody) =>
      readSignedEvent({ secret: webhookSecret, now: platform.clock.now() }, headers, rawBody),
    eventsAfter: (cursor) => listEvents((path) => callProcessor(api, { method: 'GET', path }), cursor),
  };
}
