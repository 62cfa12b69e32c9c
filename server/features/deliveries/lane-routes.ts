import { z } from 'zod';
import { needs } from '../../platform/access.ts';
import type { App } from '../../platform/http.ts';
import { refuse } from '../../platform/problems.ts';
import { actorOf } from '../billers/index.ts';
import {
  lanesSchema,
  type ReconciliationView,
  reasonBodySchema,
  reconcileBodySchema,
  reconciliationSchema,
  reconciliationsQuerySchema,
  reconciliationsSchema,
  trustBodySchema,
  trustSchema,
} from './contract.ts';
import type { DeliveriesDeps } from './deps.ts';
import { listLanes, pauseLane, resumeLane } from './operate-lane.ts';
import { listReconciliations, type Reconciliation, reconcile } from './reconcile.ts';
import { changeTrust, readTrust, type TrustView } from './trust.ts';

const bid = z.coerce.number().int().positive();
const tags = ['Deliveries'];

/** Lanes, reconciliations and the partner's trust level. */
export function registerLaneRoutes(app: App, deps: DeliveriesDeps): void {
  app.get(
    '/api/v1/billers/:bid/lanes',
    {
      schema: {
        summary: 'The lanes of a biller, what waits in them and what ails them',
        tags,
        params: z.strictObject({ bid }),
        response: { 200: lanesSchema },
      },
      config: { access: needs({ permission: 'deliveries:read' }) },
    },
    async (request) => {
      const lanes = await deps.database.withBiller(request.params.bid, (tx) => listLanes(tx, request.params.bid));
      const items = lanes.map((lane) => ({
        ...lane,
        counts: { ...lane.counts },
        oldestAt: lane.oldestAt?.toString() ?? null,
        pausedAt: lane.pausedAt?.toString() ?? null,
      }));
      const window = await deps.maintenance.pausingDataPump(request.params.bid);
      const maintenance = window
        ? { windowId: window.id, description: window.description, until: window.until.toString() }
        : null;
      return { items, nextCursor: null, maintenance };
    },
  );
  for (const verb of ['pause', 'resume'] as const) {
    app.post(
      `/api/v1/billers/:bid/lanes/:lane/${verb}`,
      {
        schema: {
          summary: verb === 'pause' ? 'Hold a lane: nothing is sent, nothing discarded' : 'Let a paused lane go on',
          tags,
          params: z.strictObject({ bid, lane: z.string().regex(/^(payments|settings)-\d{1,3}$/) }),
          body: reasonBodySchema,
          response: { 204: z.null() },
        },
        config: { access: needs({ permission: 'deliveries:operate' }) },
      },
      async (request, reply) => {
        const act = verb === 'pause' ? pauseLane : resumeLane;
        const laneId = `${request.params.bid}/${request.params.lane.replace('-', '/')}`;
        await act(deps, {
          bid: request.params.bid,
          laneId,
          reason: request.body.reason,
          by: actorOf(request.principal),
        });
        return reply.status(204).send(null);
      },
    );
  }
  registerReconciliations(app, deps);
  registerTrust(app, deps);
}

function registerReconciliations(app: App, deps: DeliveriesDeps): void {
  app.get(
    '/api/v1/billers/:bid/reconciliations',
    {
      schema: {
        summary: 'Days reconciled to the cent, newest first',
        tags,
        params: z.strictObject({ bid }),
        querystring: reconciliationsQuerySchema,
        response: { 200: reconciliationsSchema },
      },
      config: { access: needs({ permission: 'reconciliation:read' }) },
    },
    async (request) => {
      const { cursor, limit } = request.query;
      const found = await deps.database.withBiller(request.params.bid, (tx) =>
        listReconciliations(tx, request.params.bid, { before: cursor, limit }),
      );
      return {
        items: found.map(reconciliationView),
        nextCursor: found.length < limit ? null : (found.at(-1)?.day ?? null),
      };
    },
  );
  app.post(
    '/api/v1/billers/:bid/reconciliations/run',
    {
      schema: {
        summary: 'Reconcile a day of the biller’s time zone now',
        tags,
        params: z.strictObject({ bid }),
        body: reconcileBodySchema,
        response: { 200: reconciliationSchema },
      },
      config: { access: needs({ permission: 'reconciliation:run' }) },
    },
    async (request) => reconciliationView(await reconcile(deps, { bid: request.params.bid, day: request.body.day })),
  );
}

function registerTrust(app: App, deps: DeliveriesDeps): void {
  const partnerOf = async (of: number): Promise<string> => {
    const biller = await deps.billers.load(of);
    if (!biller) throw refuse('not-found');
    return biller.configuration.profile.integrationPartner;
  };
  app.get(
    '/api/v1/billers/:bid/partner-trust',
    {
      schema: {
        summary: 'How far the partner’s figures are believed',
        tags,
        params: z.strictObject({ bid }),
        response: { 200: trustSchema },
      },
      config: { access: needs({ permission: 'deliveries:read' }) },
    },
    async (request) => {
      const partner = await partnerOf(request.params.bid);
      return trustView(
        await deps.database.withBiller(request.params.bid, (tx) => readTrust(tx, request.params.bid, partner)),
      );
    },
  );
  app.post(
    '/api/v1/billers/:bid/partner-trust',
    {
      schema: {
        summary: 'Ask for another trust level, or agree as the second person',
        tags,
        params: z.strictObject({ bid }),
        body: trustBodySchema,
        response: { 200: trustSchema },
      },
      config: { access: needs({ permission: 'deliveries:approve', isProofRecent: true }) },
    },
    async (request) => {
      const partner = await partnerOf(request.params.bid);
      return trustView(
        await changeTrust(deps, { ...request.body, bid: request.params.bid, partner, by: actorOf(request.principal) }),
      );
    },
  );
}

const reconciliationView = (found: Reconciliation): ReconciliationView => ({
  ...found,
  runAt: found.runAt.toString(),
  gaps: found.gaps.map((gap) => ({ ...gap })),
});
const trustView = (trust: TrustView) => ({ ...trust, changedAt: trust.changedAt?.toString() ?? null });
