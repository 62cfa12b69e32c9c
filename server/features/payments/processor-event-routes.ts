import { z } from 'zod';
import { PUBLIC } from '../../platform/access.ts';
import type { App } from '../../platform/http.ts';
import { eventReceivedSchema } from './contract.ts';
import type { PaymentsDeps } from './deps.ts';
import { receiveProcessorEvent } from './receive-processor-event.ts';

const EVENT_BYTES_MAX = 256 * 1024;

/** In a plugin of its own: the signature is over the bytes as they came, so nothing may parse them first. */
export function registerProcessorEvents(app: App, deps: PaymentsDeps): void {
  void app.register(async (plugin) => {
    plugin.removeAllContentTypeParsers();
    plugin.addContentTypeParser('*', { parseAs: 'buffer', bodyLimit: EVENT_BYTES_MAX }, (_request, body, done) =>
      done(null, body),
    );
    plugin.post(
      '/api/v1/processor-events/:processor',
      {
        schema: {
          summary: 'Events of a payment processor, signed as Standard Webhooks',
          tags: ['Payments'],
          params: z.strictObject({ processor: z.string().regex(/^[a-z0-9-]{1,40}$/) }),
          response: { 200: eventReceivedSchema },
        },
        config: { access: PUBLIC },
      },
      async (request) => {
        const headers = Object.fromEntries(
          Object.entries(request.headers).map(([name, value]) => [name, Array.isArray(value) ? value[0] : value]),
        );
        const { processor } = request.params as { processor: string };
        await receiveProcessorEvent(deps, {
          processor,
          headers,
          rawBody: Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0),
        });
        return { received: true as const };
      },
    );
  });
}
