import { z } from 'zod';
import { PUBLIC } from './access.ts';
import type { Database } from './database.ts';
import type { App } from './http.ts';
import type { Metrics } from './metrics.ts';

const PING_LIMIT_MS = 3000;

/**
 * `/health/live`: the process runs. `/health/ready`: it can do its work now (503 with the reason when not: the database
 * is away, or it is stopping), so that a balancer stops sending to it. `/metrics`: Prometheus text.
 */
export function registerHealth(
  app: App,
  from: { database: Database; metrics: Metrics; isStopping: () => boolean },
): void {
  const answer = z.object({ status: z.enum(['live', 'ready', 'not ready']), why: z.string().optional() });
  app.get('/health/live', { config: { access: PUBLIC }, schema: { response: { 200: answer } } }, () => ({
    status: 'live' as const,
  }));
  app.get(
    '/health/ready',
    { config: { access: PUBLIC }, schema: { response: { 200: answer, 503: answer } } },
    async (_request, reply) => {
      if (from.isStopping()) return reply.status(503).send({ status: 'not ready', why: 'stopping' });
      const isThere = await answersInTime(from.database);
      if (!isThere) return reply.status(503).send({ status: 'not ready', why: 'the database does not answer' });
      return reply.send({ status: 'ready' });
    },
  );
  app.get('/metrics', { config: { access: PUBLIC } }, async (_request, reply) => {
    return reply.header('content-type', from.metrics.registry.contentType).send(await from.metrics.registry.metrics());
  });
}

async function answersInTime(database: Database): Promise<boolean> {
  try {
    const limit = AbortSignal.timeout(PING_LIMIT_MS);
    await Promise.race([
      database.ping(),
      new Promise((_resolve, reject) =>
        limit.addEventListener('abort', () => reject(new Error('no answer')), { once: true }),
      ),
    ]);
    return true;
  } catch {
    return false;
  }
}
