import { z } from 'zod';
import { needs, type Permission } from '../../platform/access.ts';
import type { App } from '../../platform/http.ts';
import type { Platform } from '../../platform/platform.ts';
import { refuse } from '../../platform/problems.ts';
import { registerAuditRoutes } from './audit-routes.ts';
import { closeItem } from './close-item.ts';
import * as contract from './contract.ts';
import { listWorkItems } from './list-work-items.ts';
import { reachOf, within } from './reach.ts';
import { readOverview } from './read-overview.ts';
import { searchEverything } from './search-everything.ts';

type OverviewDeps = Pick<Platform, 'database' | 'clock' | 'log'>;

const tags = ['Overview'];
/** Every role may see billers; being signed in alone, with a role that is no longer known, shows nothing. */
const READ = { access: needs({ permission: 'billers:read' }) };
const NOTHING: ReadonlySet<Permission> = new Set();

/** The first page of staff and the search across features. Everything is narrowed to the reader's own biller, if any. */
export function registerOverviewRoutes(app: App, deps: OverviewDeps): void {
  app.get(
    '/api/v1/overview',
    {
      config: READ,
      schema: {
        tags,
        summary: 'What needs a person now, and figures of the last hours and days',
        querystring: contract.overviewQuery,
        response: { 200: contract.overviewSchema },
      },
    },
    async (request) => {
      const { bid, hours, days } = request.query;
      const now = deps.clock.now();
      return within(deps.database, reachOf(request.principal, bid), (tx) => readOverview(tx, { now, hours, days }));
    },
  );
  app.get(
    '/api/v1/search',
    {
      config: READ,
      schema: {
        tags,
        summary: 'Find a biller, account, invoice, payment, delivery or file by anything pasted',
        querystring: contract.searchQuery,
        response: { 200: contract.searchAnswer },
      },
    },
    async (request) => {
      const { q, bid } = request.query;
      const permissions = request.principal?.kind === 'staff' ? request.principal.permissions : NOTHING;
      return {
        items: await within(deps.database, reachOf(request.principal, bid), (tx) =>
          searchEverything(tx, { q, permissions }),
        ),
      };
    },
  );
  registerWorkItems(app, deps);
  registerAuditRoutes(app, deps);
}

function registerWorkItems(app: App, deps: OverviewDeps): void {
  app.get(
    '/api/v1/work-items',
    {
      config: READ,
      schema: {
        tags,
        summary: 'What waits for a person, newest first',
        querystring: contract.workItemsQuery,
        response: { 200: contract.workItemsPage },
      },
    },
    async (request) =>
      within(deps.database, reachOf(request.principal, request.query.bid), (tx) => listWorkItems(tx, request.query)),
  );
  app.post(
    '/api/v1/billers/:bid/work-items/:id/close',
    {
      config: { access: needs({ permission: 'deliveries:operate' }) },
      schema: {
        tags,
        summary: 'Close an item: say what was done about it',
        params: contract.workItemParams,
        body: contract.closeWorkItemBody,
        response: { 200: z.strictObject({ closedAt: z.string() }) },
      },
    },
    async (request) => {
      if (!request.principal) throw refuse('not-signed-in');
      return closeItem(deps, { ...request.params, reason: request.body.reason, principal: request.principal });
    },
  );
}
