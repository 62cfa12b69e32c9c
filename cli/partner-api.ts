import createClient, { type Client } from 'openapi-fetch';
import { Agent, fetch, Request } from 'undici';
import type { paths } from '../web/api/schema.d.ts';

/**
 * The server's API as a partner calls it (CAUSEWAY_URL, CAUSEWAY_TOKEN), typed by its own document. An upload may be long:
 * no limit on the wait for an answer. Its connections end with `act`, an upload refused halfway included.
 */
export async function withPartnerApi<T>(
  from: { readonly url: string; readonly token: string },
  act: (client: Client<paths>) => Promise<T>,
): Promise<T> {
  const dispatcher = new Agent({ headersTimeout: 0, bodyTimeout: 0 });
  try {
    return await act(
      createClient<paths>({
        baseUrl: from.url.replace(/\/+$/, ''),
        headers: { authorization: `Bearer ${from.token}`, accept: 'application/json' },
        Request: Request as unknown as typeof globalThis.Request,
        fetch: (request) => fetch(request as unknown as Request, { dispatcher }) as unknown as Promise<Response>,
      }),
    );
  } finally {
    await dispatcher.destroy();
  }
}
