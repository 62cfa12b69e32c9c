import { z } from 'zod';
import { needs } from '../../../platform/access.ts';
import type { App } from '../../../platform/http.ts';
import { actorOf } from '../../billers/index.ts';
import * as contract from '../contract.ts';
import type { RouteDeps } from '../route-deps.ts';
import { createCredential, revokeCredential } from './create-credential.ts';
import { listCredentials } from './credential-store.ts';

const CREDENTIALS_LISTED_MAX = 200;
const tags = ['Credentials'];
const path = '/api/v1/billers/:bid/credentials';

/** The bearer credentials of a biller's partner. */
export function registerCredentialRoutes(app: App, deps: RouteDeps): void {
  registerList(app, deps);
  registerChanges(app, deps);
}

function registerList(app: App, deps: RouteDeps): void {
  app.get(
    path,
    {
      config: { access: needs({ permission: 'credentials:manage' }) },
      schema: {
        tags,
        summary: 'Bearer credentials of a biller',
        params: contract.credentialParams,
        response: { 200: contract.credentialsAnswer },
      },
    },
    async (request) => {
      const { bid } = request.params;
      const now = deps.clock.now();
      const rows = await deps.database.withBiller(bid, (tx) => listCredentials(tx, bid, CREDENTIALS_LISTED_MAX));
      const items = rows.map((row) => ({
        ...row,
        scopes: [...row.scopes],
        createdAt: row.createdAt.toString(),
        lastUsedAt: row.lastUsedAt?.toString() ?? null,
        revokedAt: row.revokedAt?.toString() ?? null,
        expiresAt: row.expiresAt?.toString() ?? null,
        isInForce:
          row.revokedAt === null && (row.expiresAt === null || Temporal.Instant.compare(row.expiresAt, now) > 0),
      }));
      return { items, nextCursor: null };
    },
  );
}

function registerChanges(app: App, deps: RouteDeps): void {
  const config = { access: needs({ permission: 'credentials:manage', isProofRecent: true }) };
  app.post(
    path,
    {
      config,
      schema: {
        tags,
        summary: 'Make a credential; its token is told once',
        params: contract.credentialParams,
        body: contract.createCredentialBody,
        response: { 201: contract.newCredentialAnswer },
      },
    },
    async (request, reply) => {
      const made = await createCredential(deps, {
        ...request.body,
        expiresAt: request.body.expiresAt === null ? null : Temporal.Instant.from(request.body.expiresAt),
        bid: request.params.bid,
        by: actorOf(request.principal),
      });
      return reply.status(201).send({ ...made, scopes: [...made.scopes] });
    },
  );
  app.delete(
    `${path}/:id`,
    {
      config,
      schema: {
        tags,
        summary: 'Revoke a credential, at once',
        params: contract.oneCredentialParams,
        response: { 204: z.null() },
      },
    },
    async (request, reply) => {
      await revokeCredential(deps, { ...request.params, by: actorOf(request.principal) });
      return reply.status(204).send(null);
    },
  );
}
