import { z } from 'zod';
import { needs, requireRecentProof } from '../../platform/access.ts';
import type { App } from '../../platform/http.ts';
import { actorOf } from '../billers/index.ts';
import {
  actBodySchema,
  decidedSchema,
  deliveriesPageSchema,
  deliveriesQuerySchema,
  deliveryDetailSchema,
  minutesQuerySchema,
  minutesSchema,
  replayBodySchema,
  replayPlanSchema,
} from './contract.ts';
import { decideHeldDelivery } from './decide-held-delivery.ts';
import { listDeliveries } from './delivery-store.ts';
import type { DeliveriesDeps } from './deps.ts';
import { registerLaneRoutes } from './lane-routes.ts';
import { chartByMinute, describeDelivery, viewOf } from './present-delivery.ts';
import { replayDeliveries } from './replay-deliveries.ts';

const bid = z.coerce.number().int().positive();
const tags = ['Deliveries'];
const READ = { access: needs({ permission: 'deliveries:read' }) };
/** Acts that read or remark; every other one decides about money, and asks for a recent proof of who does. */
const UNASKED_ACTS: ReadonlySet<string> = new Set(['check-again', 'note']);
const OPERATE = { access: needs({ permission: 'deliveries:operate' }) };

/** Reading deliveries, deciding about those that need a person, replaying what is proven not applied; and the lanes. */
export function registerDeliveriesRoutes(app: App, deps: DeliveriesDeps): void {
  app.get(
    '/api/v1/billers/:bid/deliveries',
    {
      schema: {
        summary: 'What was or is to be told to the partner, newest first',
        tags,
        params: z.strictObject({ bid }),
        querystring: deliveriesQuerySchema,
        response: { 200: deliveriesPageSchema },
      },
      config: READ,
    },
    async (request) => {
      const { cursor, limit, state, ...filter } = request.query;
      const before = cursor === undefined ? undefined : Number(cursor);
      const rows = await deps.database.withBiller(request.params.bid, (tx) =>
        listDeliveries(tx, request.params.bid, { filter: { ...filter, states: state && [state] }, before, limit }),
      );
      return {
        items: rows.map(viewOf),
        nextCursor: rows.length < limit ? null : String(rows.at(-1)?.id ?? '') || null,
      };
    },
  );
  registerReadings(app, deps);
  registerActs(app, deps);
  registerLaneRoutes(app, deps);
}

function registerReadings(app: App, deps: DeliveriesDeps): void {
  app.get(
    '/api/v1/billers/:bid/deliveries/by-minute',
    {
      schema: {
        summary: 'Recorded and posted in each minute, for charts',
        tags,
        params: z.strictObject({ bid }),
        querystring: minutesQuerySchema,
        response: { 200: minutesSchema },
      },
      config: READ,
    },
    async (request) => {
      const from = { minutes: request.query.minutes, now: deps.clock.now() };
      return {
        items: await deps.database.withBiller(request.params.bid, (tx) => chartByMinute(tx, request.params.bid, from)),
        nextCursor: null,
      };
    },
  );
  app.get(
    '/api/v1/billers/:bid/deliveries/:id',
    {
      schema: {
        summary: 'One delivery with its attempts and evidence',
        tags,
        params: z.strictObject({ bid, id: z.coerce.number().int().positive() }),
        response: { 200: deliveryDetailSchema },
      },
      config: READ,
    },
    async (request) =>
      deps.database.withBiller(request.params.bid, (tx) => describeDelivery(tx, request.params.bid, request.params.id)),
  );
}

function registerActs(app: App, deps: DeliveriesDeps): void {
  app.post(
    '/api/v1/billers/:bid/deliveries/:id/acts',
    {
      schema: {
        summary: 'Decide about a delivery that needs a person',
        tags,
        params: z.strictObject({ bid, id: z.coerce.number().int().positive() }),
        body: actBodySchema,
        response: { 200: decidedSchema },
      },
      config: { access: needs({ permission: 'deliveries:decide' }) },
    },
    async (request) => {
      const { id } = request.params;
      if (!UNASKED_ACTS.has(request.body.act)) requireRecentProof(request.principal, deps.clock);
      return decideHeldDelivery(deps, {
        ...request.body,
        bid: request.params.bid,
        deliveryId: id,
        by: actorOf(request.principal),
        mayAgree: request.principal?.kind === 'staff' && request.principal.permissions.has('deliveries:approve'),
      });
    },
  );
  app.post(
    '/api/v1/billers/:bid/deliveries/replay',
    {
      schema: {
        summary: 'Send again what is proven not applied; a dry run says what',
        tags,
        params: z.strictObject({ bid }),
        body: replayBodySchema,
        response: { 200: replayPlanSchema },
      },
      config: OPERATE,
    },
    async (request) => {
      const { dryRun, filter, reason, expectedCount } = request.body;
      // As the same act on one delivery; a look moves no money.
      if (!dryRun) requireRecentProof(request.principal, deps.clock);
      const plan = await replayDeliveries(deps, {
        bid: request.params.bid,
        filter,
        reason,
        expectedCount,
        isDryRun: dryRun,
        by: actorOf(request.principal),
      });
      return { ...plan, willSend: [...plan.willSend] };
    },
  );
}
