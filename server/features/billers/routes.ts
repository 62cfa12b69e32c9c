import { z } from 'zod';
import { needs } from '../../platform/access.ts';
import type { App } from '../../platform/http.ts';
import type { Platform } from '../../platform/platform.ts';
import { refuse } from '../../platform/problems.ts';
import { actorOf } from './actor.ts';
import { bifCatalogue } from './bif-catalogue.ts';
import { type Biller, listBillers } from './biller-store.ts';
import { registerConfigurationRoutes } from './configuration-routes.ts';
import * as contract from './contract.ts';
import { createBiller } from './create-biller.ts';
import { registerExchangeRoutes } from './exchange/routes.ts';
import { registerFtpRoutes } from './ftp/ftp-routes.ts';
import type { Billers } from './load-biller.ts';
import { NOT_SERVED_YET } from './not-served-yet.ts';
import { renameBiller } from './rename-biller.ts';
import { settingExistsFor } from './rules/partner-rules.ts';
import { rules } from './rules/rules.ts';
import type { BillersDeps } from './save-configuration.ts';
import { settingsCatalogue } from './settings/settings-catalogue.ts';
import { billerView, known, partnerView } from './views.ts';
import { registerWorksheetRoutes } from './worksheet/routes.ts';

type RouteDeps = BillersDeps & Pick<Platform, 'timers' | 'config'> & { readonly billers: Billers };

const tags = ['Billers'];
const readRight = { access: needs({ permission: 'configuration:read' }) };
const writeRight = { access: needs({ permission: 'configuration:write' }) };

/** Billers, their configuration in versions, and the catalogue. Staff only; partners' credentials have no scope here. */
export function registerBillersRoutes(app: App, deps: RouteDeps): void {
  registerBillers(app, deps);
  registerBiller(app, deps);
  registerCatalogue(app, deps);
  registerConfigurationRoutes(app, deps);
  registerFtpRoutes(app, deps);
  registerWorksheetRoutes(app, deps);
  registerExchangeRoutes(app, deps);
}

function registerBillers(app: App, deps: RouteDeps): void {
  const pageQuery = z.object({
    cursor: z.coerce.number().int().min(0).optional(),
    limit: z.coerce.number().int().min(1).max(200).default(50),
  });
  app.get(
    '/api/v1/billers',
    {
      config: { access: needs({ permission: 'billers:read' }) },
      schema: {
        tags,
        summary: 'Billers, by BID',
        querystring: pageQuery,
        response: {
          200: z.object({ items: z.array(contract.billerSummarySchema), nextCursor: z.string().nullable() }),
        },
      },
    },
    async (request) => {
      const ownBid = request.principal?.bid ?? null;
      const { cursor, limit } = request.query;
      if (ownBid !== null) {
        const own = await deps.billers.load(ownBid);
        return {
          items: own && (cursor ?? 0) < ownBid ? [{ bid: own.bid, slug: own.slug, name: own.name }] : [],
          nextCursor: null,
        };
      }
      const found = await deps.database.withSystem((tx) =>
        listBillers(tx, { ...(cursor !== undefined && { afterBid: cursor }), limit: limit + 1 }),
      );
      const items = found.slice(0, limit);
      return { items, nextCursor: found.length > limit ? String(items.at(-1)?.bid) : null };
    },
  );
  app.post(
    '/api/v1/billers',
    {
      config: { access: needs({ permission: 'billers:create' }) },
      schema: {
        tags,
        summary: 'Create a biller with the default configuration',
        body: contract.createBillerBody,
        response: { 201: contract.billerSchema },
      },
    },
    async (request, reply) => {
      if (request.principal?.bid !== null) throw refuse('not-allowed', { needed: 'billers:create' });
      const { bid, name, slug, guid } = request.body;
      const biller = await createBiller(deps, {
        bid,
        name,
        ...(slug && { slug }),
        ...(guid && { guid }),
        by: actorOf(request.principal),
      });
      return reply.status(201).send(view(deps, biller));
    },
  );
}

function registerBiller(app: App, deps: RouteDeps): void {
  app.get(
    '/api/v1/billers/:bid',
    {
      config: { access: needs({ permission: 'billers:read' }) },
      schema: { tags, summary: 'One biller', params: contract.billerParams, response: { 200: contract.billerSchema } },
    },
    async (request) => view(deps, known(await deps.billers.load(request.params.bid))),
  );
  app.put(
    '/api/v1/billers/:bid',
    {
      config: writeRight,
      schema: {
        tags,
        summary: 'Change name, slug or BillerGuid',
        params: contract.billerParams,
        body: contract.renameBillerBody,
        response: { 200: contract.billerSchema },
      },
    },
    async (request) =>
      view(
        deps,
        await renameBiller(deps, { ...request.body, bid: request.params.bid, by: actorOf(request.principal) }),
      ),
  );
}

function registerCatalogue(app: App, deps: RouteDeps): void {
  app.get(
    '/api/v1/bif-catalogue',
    {
      config: readRight,
      schema: {
        tags,
        summary: 'BIF fields and customizations, as data',
        response: { 200: contract.bifCatalogueAnswer },
      },
    },
    () => bifCatalogue(),
  );
  app.get(
    '/api/v1/settings-catalogue',
    {
      config: readRight,
      schema: { tags, summary: 'Advanced Settings and rules, as data', response: { 200: contract.catalogueAnswer } },
    },
    async (request) => ({
      items: settingsCatalogue
        .filter((row) => request.principal?.bid === null || row.audience === 'biller')
        .map(({ number, description, kind, pairs, audience, with: together, mayHoldPrivateKey, ...row }) => ({
          number,
          description,
          kind,
          pairs,
          audience,
          with: [...together],
          mayHoldPrivateKey,
          partners: [...deps.partners.values()]
            .filter((partner) =>
              settingExistsFor(
                { ...row, number, description, kind, pairs, audience, with: together, mayHoldPrivateKey },
                partner,
              ),
            )
            .map((partner) => partner.name),
        })),
      rules: rules.map(({ id, severity, says }) => ({ id, severity, says })),
      partners: [...deps.partners.values()].map(partnerView),
      notServedYet: [...NOT_SERVED_YET],
    }),
  );
}

function view(deps: RouteDeps, biller: Biller): contract.BillerView {
  return billerView(biller, deps.billers.partnerOf(biller));
}
