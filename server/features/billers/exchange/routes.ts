import type { z } from 'zod';
import { needs, type Principal, requireRecentProof } from '../../../platform/access.ts';
import type { App } from '../../../platform/http.ts';
import { refuse } from '../../../platform/problems.ts';
import { actorOf } from '../actor.ts';
import { billerParams, savedAnswer } from '../contract.ts';
import { ftpRightsOf } from '../ftp/ftp-rights.ts';
import { refuseBiller } from '../problems.ts';
import { differencesFor } from '../views.ts';
import * as contract from './contract.ts';
import { exchangeKeyOf } from './exchange-key.ts';
import { type ExportDeps, exportConfiguration } from './export-configuration.ts';
import { bringsSealedSecrets, planApply } from './plan-apply.ts';

const tags = ['Configuration'];
const readRight = { access: needs({ permission: 'configuration:read' }) };
const writeRight = { access: needs({ permission: 'configuration:write' }) };
const base = '/api/v1/billers/:bid/configuration';

/** A configuration from one installation to another: exported, looked at as a plan, applied. For Causeway's own staff. */
export function registerExchangeRoutes(app: App, deps: ExportDeps): void {
  app.get(
    '/api/v1/installation-key',
    {
      config: readRight,
      schema: {
        tags,
        summary: 'The public key other installations seal secrets to for this one',
        response: { 200: contract.installationKeyAnswer },
      },
    },
    async (request) => {
      refuseBillersStaff(request.principal);
      const { publicKey, id } = await exchangeKeyOf(deps);
      return { publicKey, id };
    },
  );
  app.post(
    `${base}/export`,
    {
      config: readRight,
      schema: {
        tags,
        summary: 'The configuration as a file; secrets as fingerprints, or sealed to a public key',
        params: billerParams,
        body: contract.exportBody,
        response: { 200: contract.exportSchema },
      },
    },
    async (request) => {
      const { principal } = request;
      refuseBillersStaff(principal);
      const { sections, sealTo } = request.body;
      if (sealTo !== undefined) {
        refuseWithoutSecretsRight(principal);
        requireRecentProof(principal, deps.clock);
      }
      return exportConfiguration(deps, {
        bid: request.params.bid,
        ...(sections && { sections }),
        ...(sealTo !== undefined && { sealTo }),
        by: actorOf(principal),
      });
    },
  );
  registerPlans(app, deps);
}

function registerPlans(app: App, deps: ExportDeps): void {
  app.post(
    `${base}/plan`,
    {
      config: writeRight,
      schema: {
        tags,
        summary: 'What applying a configuration file would change here; nothing is stored',
        params: billerParams,
        body: contract.planBody,
        response: { 200: contract.planAnswer },
      },
    },
    async (request) => {
      refuseFileBeyondRights(request.principal, request.body.file);
      const { apply: _apply, ...plan } = await planApply(deps, requestOf(request));
      return {
        ...plan,
        sections: [...plan.sections],
        differences: differencesFor(plan.differences, request.principal),
        faults: [...plan.faults],
        clearedSecrets: [...plan.clearedSecrets],
        missingSecrets: [...plan.missingSecrets],
        broughtSecrets: [...plan.broughtSecrets],
        isWorking: !plan.faults.some((fault) => fault.severity === 'error'),
      };
    },
  );
  app.post(
    `${base}/apply`,
    {
      config: writeRight,
      schema: {
        tags,
        summary: 'Apply a configuration file: exactly the plan that was looked at, or nothing',
        params: billerParams,
        body: contract.applyBody,
        response: { 200: savedAnswer },
      },
    },
    async (request) => {
      const { principal, body } = request;
      refuseFileBeyondRights(principal, body.file);
      if (bringsSealedSecrets(body.file)) requireRecentProof(principal, deps.clock);
      const plan = await planApply(deps, requestOf(request));
      if (plan.version !== body.expectedVersion || plan.digest !== body.digest)
        throw refuseBiller('plan-outdated', { version: plan.version, expectedVersion: body.expectedVersion });
      const ftp = ftpRightsOf(principal, deps.clock);
      const saved = await plan.apply({ reason: body.reason, by: actorOf(principal), ftp });
      return {
        ...saved,
        differences: differencesFor(saved.differences, principal),
        clearedSecrets: [...saved.clearedSecrets],
        warnings: [...saved.warnings],
      };
    },
  );
}

/** What is planned: the same for the look and for the act, or their digests would differ. */
function requestOf(request: {
  params: { bid: number };
  body: z.output<typeof contract.planBody>;
  principal: Principal | undefined;
}) {
  const { file, sections } = request.body;
  return {
    bid: request.params.bid,
    file,
    ...(sections && { sections }),
    mayWriteSecrets: mayWriteSecrets(request.principal),
  };
}

/** A biller's own staff see only some of its settings: a file of what they see would take away the rest. */
function refuseBillersStaff(principal: Principal | undefined): void {
  if (principal?.bid !== null) throw refuse('not-allowed', { needed: 'staff of Causeway' });
}

function refuseFileBeyondRights(principal: Principal | undefined, file: unknown): void {
  refuseBillersStaff(principal);
  if (bringsSealedSecrets(file)) refuseWithoutSecretsRight(principal);
}

function mayWriteSecrets(principal: Principal | undefined): boolean {
  return principal?.kind === 'staff' && principal.permissions.has('secrets:write');
}

function refuseWithoutSecretsRight(principal: Principal | undefined): void {
  if (!mayWriteSecrets(principal)) throw refuse('not-allowed', { needed: 'secrets:write' });
}
