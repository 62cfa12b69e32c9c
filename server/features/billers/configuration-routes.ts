import { z } from 'zod';
import { needs, type Principal, requireRecentProof } from '../../platform/access.ts';
import type { App } from '../../platform/http.ts';
import { refuse } from '../../platform/problems.ts';
import { actorOf } from './actor.ts';
import { type ConfigurationDraft, SECTION_NAMES, type SectionName } from './configuration.ts';
import * as contract from './contract.ts';
import { ftpRightsOf } from './ftp/ftp-rights.ts';
import type { Billers } from './load-biller.ts';
import { compareVersions, readHistory } from './read-history.ts';
import { bringsSecrets } from './resolve-secrets.ts';
import { restoreVersion } from './restore-version.ts';
import { type BillersDeps, previewConfiguration, type Saved, saveConfiguration } from './save-configuration.ts';
import { isSecretSetting, removeSetting, saveSetting } from './save-setting.ts';
import { configurationView, differencesFor, known } from './views.ts';

type RouteDeps = BillersDeps & { readonly billers: Billers };

const tags = ['Configuration'];
const readRight = { access: needs({ permission: 'configuration:read' }) };
const writeRight = { access: needs({ permission: 'configuration:write' }) };
const base = '/api/v1/billers/:bid/configuration';

/** The configuration document over HTTP: read, save by section, check, history, compare, restore. */
export function registerConfigurationRoutes(app: App, deps: RouteDeps): void {
  registerConfiguration(app, deps);
  registerCheck(app, deps);
  for (const section of SECTION_NAMES) registerSection(app, deps, section);
  registerSettings(app, deps);
  registerHistory(app, deps);
  registerRestore(app, deps);
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
}

function registerCheck(app: App, deps: RouteDeps): void {
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
        mayWriteSecrets: mayWriteSecrets(request.principal),
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
      if (isSecretSetting(number)) refuseWithoutSecretsRight(deps, request.principal);
      return answerOf(
        await saveSetting(deps, {
          bid,
          number,
          entry,
          expectedVersion,
          reason,
          by: actorOf(request.principal),
          mayWriteSecrets: mayWriteSecrets(request.principal),
        }),
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
      if (isSecretSetting(number)) requireRecentProof(request.principal, deps.clock);
      return answerOf(await removeSetting(deps, { bid, number, ...request.body, by: actorOf(request.principal) }));
    },
  );
}

function registerHistory(app: App, deps: RouteDeps): void {
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
}

function registerRestore(app: App, deps: RouteDeps): void {
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
      refuseWithoutSecretsRight(deps, request.principal);
      const { sections, ...body } = request.body;
      return answerOf(
        await restoreVersion(deps, {
          ...body,
          ...(sections && { sections }),
          bid: request.params.bid,
          by: actorOf(request.principal),
          ftp: ftpRightsOf(request.principal, deps.clock),
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
  if (bringsSecrets(from.sections)) refuseWithoutSecretsRight(deps, principal);
  return answerOf(
    await saveConfiguration(deps, {
      ...from,
      by: actorOf(principal),
      mayWriteSecrets: mayWriteSecrets(principal),
      ftp: ftpRightsOf(principal, deps.clock),
    }),
  );
}

function mayWriteSecrets(principal: Principal | undefined): boolean {
  return principal?.kind === 'staff' && principal.permissions.has('secrets:write');
}

/** A secret is set only with the right to it, by somebody who has just proven who they are. */
function refuseWithoutSecretsRight(deps: Pick<RouteDeps, 'clock'>, principal: Principal | undefined): void {
  if (!mayWriteSecrets(principal)) throw refuse('not-allowed', { needed: 'secrets:write' });
  requireRecentProof(principal, deps.clock);
}

function answerOf(saved: Saved): contract.SavedAnswer {
  return {
    ...saved,
    differences: differencesFor(saved.differences, undefined),
    clearedSecrets: [...saved.clearedSecrets],
    warnings: [...saved.warnings],
  };
}

/** Only the sections that were sent: an absent one stays as it is. */
function present(sections: z.infer<typeof contract.sectionsSchema>): Partial<ConfigurationDraft> {
  return Object.fromEntries(Object.entries(sections).filter(([, value]) => value !== undefined));
}
