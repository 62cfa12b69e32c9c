import helmet, { type FastifyHelmetOptions } from '@fastify/helmet';
import fastify from 'fastify';

/**
 * The headers helmet gives every answer, worked out once: it would compose the same texts anew for each request, which
 * costs as much as routing it. Keys in lower case.
 */
export async function securityHeaders(options: FastifyHelmetOptions): Promise<Readonly<Record<string, string>>> {
  const bare = await headersOf(undefined);
  const guarded = await headersOf(options);
  return Object.fromEntries(
    Object.entries(guarded).flatMap(([name, value]) =>
      name in bare || value === undefined ? [] : [[name, String(value)]],
    ),
  );
}

/** What an empty answer carries with and without it. */
async function headersOf(options: FastifyHelmetOptions | undefined) {
  const probe = fastify();
  if (options !== undefined) await probe.register(helmet, options);
  probe.get('/', () => '');
  const { headers } = await probe.inject('/');
  await probe.close();
  return headers;
}
