import { needs } from '../../../platform/access.ts';
import type { App } from '../../../platform/http.ts';
import { refuse } from '../../../platform/problems.ts';
import * as contract from '../contract.ts';
import type { BillersDeps } from '../save-configuration.ts';
import { searchFtpUsers } from './ftp-users.ts';
import { readSshPublicKey } from './ssh-public-key.ts';

const tags = ['Configuration'];
const readRight = { access: needs({ permission: 'configuration:read' }) };

/** What FTP Management and the search over all FTP users need besides the configuration itself. */
export function registerFtpRoutes(app: App, deps: Pick<BillersDeps, 'database'>): void {
  app.get(
    '/api/v1/ftp-users',
    {
      config: readRight,
      schema: {
        tags,
        summary: 'FTP users of all billers, by username; for Causeway’s own staff',
        querystring: contract.ftpUsersQuery,
        response: { 200: contract.ftpUsersAnswer },
      },
    },
    async (request) => {
      if (request.principal?.bid !== null) throw refuse('not-allowed', { needed: 'staff of Causeway' });
      const { q, cursor, limit } = request.query;
      const found = await deps.database.withSystem((tx) => searchFtpUsers(tx, { q, after: cursor, limit: limit + 1 }));
      const items = found.slice(0, limit);
      return { items, nextCursor: found.length > limit ? (items.at(-1)?.username ?? null) : null };
    },
  );
  app.post(
    '/api/v1/ssh-public-keys/describe',
    {
      config: readRight,
      schema: {
        tags,
        summary: 'Type and fingerprint of SSH public keys, or why each is none; nothing is stored',
        body: contract.describeKeysBody,
        response: { 200: contract.describeKeysAnswer },
      },
    },
    (request) => ({ items: request.body.keys.map(readSshPublicKey) }),
  );
}
