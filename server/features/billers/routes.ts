import { z } from 'zod';
import { needs, type Principal } from '../../platform/access.ts';
import type { App } from '../../platform/http.ts';
import { refuse } from '../../platform/problems.ts';
import { actorOf } from './actor.ts';
import { type Biller, listBillers } from './biller-store.ts';
import type { ConfigurationDraft, SectionName } from './configuration.ts';
import { SECTION_NAMES } from './configuration.ts';
import * as contract from './contract.ts';
import { createBiller } from './create-biller.ts';
import type { Billers } from './load-biller.ts';
import { compareVersions, readHistory } from './read-history.ts';
import { renameBiller } from './rename-biller.ts';
import { bringsSecrets } from './resolve-secrets.ts';
import { restoreVersion } from './restore-version.ts';
import { rules } from './rules.ts';
import { type BillersDeps, previewConfiguration, type Saved, saveConfiguration } from './save-configuration.ts';
import { isSecretSetting, removeSetting, saveSetting } from './save-setting.ts';
import { settingExistsFor } from './setting-rules.ts';
import { settingsCatalogue } from './settings-catalogue.ts';
import { billerView, configurationView, differencesFor, known } from './views.ts';

type RouteDeps = BillersDeps & { readonly billers: Billers };

const tags = ['Billers'];
const readRight = { access: needs({ permission: 'configuration:read' }) };
const writeRight = { access: needs({ permission: 'configuration:write' }) };
const base = '/api/v1/billers/:bid/configuration';

/** Billers, their configuration in versions, and the catalogue. Staff only; partners' credentials have no scope here. */
export function registerBillersRoutes(app: App, deps: RouteDeps): void {
  registerBillers(app, deps);
  registerConfiguration(app, deps);
  registerSections(app, deps);
  registerSettings(app, deps);
  registerVersions(app, deps);
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
    }),
  );
}

function registerConfiguration(app: App, deps: RouteDeps): void {
  app.get(
    base,
    {
      config: readRight,
      schema: {
        tags,
        summary: 'The configuration in force, without secrets',
        params: contract.billerParams,
        response: { 200: contract.configurationAnswer },
      },
    },
    async (request) =>
      configurationView(known(await deps.billers.load(request.params.bid)), deps.partners, request.principal),
  );
  app.put(
    base,
    {
      config: writeRight,
      schema: {
        tags,
        summary: 'Save several sections as one version',
        params: contract.billerParams,
        body: contract.saveSectionsBody,
        response: { 200: contract.savedAnswer },
      },
    },
    async (request) => {
      const { sections, ...body } = request.body;
      return save(deps, request.principal, { ...body, bid: request.params.bid, sections: present(sections) });
    },
  );
  app.get(
    `${base}/check`,
    {
      config: readRight,
      schema: {
        tags,
        summary: 'Faults of the configuration in force',
        params: contract.billerParams,
        response: { 200: z.object({ version: z.int(), faults: z.array(contract.ruleFaultSchema) }) },
      },
    },
    async (request) => {
      const { version, faults } = configurationView(
        known(await deps.billers.load(request.params.bid)),
        deps.partners,
        request.principal,
      );
      return { version, faults };
    },
  );
  app.post(
    `${base}/check`,
    {
      config: writeRight,
      schema: {
        tags,
        summary: 'What saving would change, and every fault; nothing is stored',
        params: contract.billerParams,
        body: contract.checkBody,
        response: { 200: contract.checkAnswer },
      },
    },
    async (request) => {
      const { differences, clearedSecrets, faults } = await previewConfiguration(deps, {
        bid: request.params.bid,
        expectedVersion: request.body.expectedVersion,
        sections: present(request.body.sections),
      });
      return {
        faults: [...faults],
        differences: differencesFor(differences, request.principal),
        clearedSecrets: [...clearedSecrets],
      };
    },
  );
}

/** One route a section, so that the OpenAPI document says what each holds. */
function registerSections(app: App, deps: RouteDeps): void {
  for (const section of SECTION_NAMES) registerSection(app, deps, section);
}

function registerSection(app: App, deps: RouteDeps, section: SectionName): void {
  app.put(
    `${base}/${section}`,
    {
      config: writeRight,
      schema: {
        tags,
        summary: `Save the section ${section}`,
        params: contract.billerParams,
        body: contract.saveSectionBody(section),
        response: { 200: contract.savedAnswer },
      },
    },
    async (request) => {
      const { expectedVersion, reason, value } = request.body as {
        expectedVersion: number;
        reason: string;
        value: unknown;
      };
      const { bid } = request.params as { bid: number };
      return save(deps, request.principal, { bid, expectedVersion, reason, sections: { [section]: value } });
    },
  );
}

function registerSettings(app: App, deps: RouteDeps): void {
  app.put(
    `${base}/advanced-settings/:number`,
    {
      config: writeRight,
      schema: {
        tags,
        summary: 'Set one Advanced Setting',
        params: contract.settingParams,
        body: contract.saveSettingBody,
        response: { 200: contract.savedAnswer },
      },
    },
    async (request) => {
      const { bid, number } = request.params;
      const { value: entry, expectedVersion, reason } = request.body;
      if (isSecretSetting(number)) refuseWithoutSecretsRight(request.principal);
      return answerOf(
        await saveSetting(deps, { bid, number, entry, expectedVersion, reason, by: actorOf(request.principal) }),
      );
    },
  );
  app.delete(
    `${base}/advanced-settings/:number`,
    {
      config: writeRight,
      schema: {
        tags,
        summary: 'Remove one Advanced Setting',
        params: contract.settingParams,
        body: contract.removeSettingBody,
        response: { 200: contract.savedAnswer },
      },
    },
    async (request) => {
      const { bid, number } = request.params;
      return answerOf(await removeSetting(deps, { bid, number, ...request.body, by: actorOf(request.principal) }));
    },
  );
}

function registerVersions(app: App, deps: RouteDeps): void {
  app.get(
    `${base}/history`,
    {
      config: readRight,
      schema: {
        tags,
        summary: 'Versions, newest first',
        params: contract.billerParams,
        querystring: contract.historyQuery,
        response: { 200: contract.historyAnswer },
      },
    },
    async (request) => {
      const { cursor, limit } = request.query;
      const page = await readHistory(deps, {
        bid: request.params.bid,
        ...(cursor !== undefined && { before: cursor }),
        limit,
      });
      return {
        items: page.items.map((item) => ({
          ...item,
          sections: [...item.sections],
          changedAt: item.changedAt.toString(),
          differences: differencesFor(item.differences, request.principal),
        })),
        nextCursor: page.nextBefore === undefined ? null : String(page.nextBefore),
      };
    },
  );
  app.get(
    `${base}/diff`,
    {
      config: readRight,
      schema: {
        tags,
        summary: 'What differs between two versions',
        params: contract.billerParams,
        querystring: contract.diffQuery,
        response: { 200: contract.diffAnswer },
      },
    },
    async (request) => ({
      items: differencesFor(
        await compareVersions(deps, { bid: request.params.bid, ...request.query }),
        request.principal,
      ),
    }),
  );
  app.post(
    `${base}/restore`,
    {
      config: writeRight,
      schema: {
        tags,
        summary: 'Put an earlier version, or sections of it, in force again',
        params: contract.billerParams,
        body: contract.restoreBody,
        response: { 200: contract.savedAnswer },
      },
    },
    async (request) => {
      refuseWithoutSecretsRight(request.principal);
      const { sections, ...body } = request.body;
      return answerOf(
        await restoreVersion(deps, {
          ...body,
          ...(sections && { sections }),
          bid: request.params.bid,
          by: actorOf(request.principal),
        }),
      );
    },
  );
}

async function save(
  deps: RouteDeps,
  principal: Principal | undefined,
  from: { bid: number; expectedVersion: number; reason: string; sections: Partial<ConfigurationDraft> },
) {
  if (bringsSecrets(from.sections)) refuseWithoutSecretsRight(principal);
  return answerOf(await saveConfiguration(deps, { ...from, by: actorOf(principal) }));
}

function refuseWithoutSecretsRight(principal: Principal | undefined): void {
  if (principal?.kind !== 'staff' || !principal.permissions.has('secrets:write'))
    throw refuse('not-allowed', { needed: 'secrets:write' });
}

function answerOf(saved: Saved): contract.SavedAnswer {
  return {
    ...saved,
    differences: differencesFor(saved.differences, undefined),
    clearedSecrets: [...saved.clearedSecrets],
    warnings: [...saved.warnings],
  };
}

function view(deps: RouteDeps, biller: Biller): contract.BillerView {
  return billerView(biller, deps.billers.partnerOf(biller));
}

/** Only the sections that were sent: an absent one stays as it is. */
function present(sections: z.infer<typeof contract.sectionsSchema>): Partial<ConfigurationDraft> {
  return Object.fromEntries(Object.entries(sections).filter(([, value]) => value !== undefined));
}
