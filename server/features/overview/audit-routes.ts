import { Readable } from 'node:stream';
import type { FastifyReply } from 'fastify';
import { needs, type Principal } from '../../platform/access.ts';
import {
  auditCheckpointSchema,
  isCheckpointWhole,
  isOwnCheckpoint,
  makeCheckpoint,
} from '../../platform/audit-checkpoint.ts';
import type { App } from '../../platform/http.ts';
import type { Platform } from '../../platform/platform.ts';
import { refuse } from '../../platform/problems.ts';
import * as contract from './contract.ts';
import { type AuditReach, exportAudit } from './export-audit.ts';
import { filterOf, listAudit, listAuditAcross } from './list-audit.ts';
import { refuseOverview } from './problems.ts';
import { lastVerification, verifyAudits } from './verify-audit.ts';

type AuditDeps = Pick<Platform, 'database' | 'clock' | 'log'>;

const tags = ['Audit'];
const right = { access: needs({ permission: 'audit:read' }) };
/** A checkpoint of many billers has a line for each. */
const CHECKPOINT_BYTES_MAX = 16 * 1024 * 1024;

/** Who did what, when and why: one timeline, its export, and the proof that nothing in it was changed. */
export function registerAuditRoutes(app: App, deps: AuditDeps): void {
  app.get(
    '/api/v1/billers/:bid/audit',
    {
      config: right,
      schema: {
        tags,
        summary: 'Who did what to which thing, when and why, newest first',
        params: contract.auditParams,
        querystring: contract.auditQuery,
        response: { 200: contract.auditPage },
      },
    },
    async (request) => {
      const { bid } = request.params;
      return deps.database.withBiller(bid, (tx) => listAudit(tx, bid, request.query));
    },
  );
  app.get(
    '/api/v1/audit',
    {
      config: right,
      schema: {
        tags,
        summary: 'The same over every biller and the installation itself; for Causeway’s own staff',
        querystring: contract.auditAcrossQuery,
        response: { 200: contract.auditAcrossPage },
      },
    },
    async (request) => {
      refuseBillersStaff(request.principal);
      return deps.database.withSystem((tx) => listAuditAcross(tx, request.query));
    },
  );
  registerExports(app, deps);
  registerProof(app, deps);
}

function registerExports(app: App, deps: AuditDeps): void {
  const produces = ['text/csv', 'application/jsonl'];
  app.get(
    '/api/v1/billers/:bid/audit/export',
    {
      config: right,
      schema: {
        tags,
        summary: 'The biller’s audit as a file: CSV, or JSON Lines',
        produces,
        params: contract.auditParams,
        querystring: contract.auditExportQuery,
      },
    },
    async (request, reply) => {
      const { bid } = request.params;
      return sendExport(reply, deps, { reach: { bid }, query: request.query, name: `audit-${bid}` });
    },
  );
  app.get(
    '/api/v1/audit/export',
    {
      config: right,
      schema: {
        tags,
        summary: 'The audit of every biller and of the installation as a file; for Causeway’s own staff',
        produces,
        querystring: contract.auditExportAcrossQuery,
      },
    },
    async (request, reply) => {
      refuseBillersStaff(request.principal);
      const reach: AuditReach = request.query.chain === 'system' ? { bid: null } : 'all';
      return sendExport(reply, deps, { reach, query: request.query, name: 'audit' });
    },
  );
}

function registerProof(app: App, deps: AuditDeps): void {
  app.get(
    '/api/v1/audit/checkpoint',
    {
      config: right,
      schema: {
        tags,
        summary: 'The ends of all chains now, to be kept elsewhere: what shows later that a tail was cut or rewritten',
        response: { 200: auditCheckpointSchema },
      },
    },
    async (request) => {
      refuseBillersStaff(request.principal);
      return makeCheckpoint(deps, deps.clock.now());
    },
  );
  app.get(
    '/api/v1/audit/verification',
    {
      config: right,
      schema: {
        tags,
        summary: 'How the last verification of all chains went',
        response: { 200: contract.auditVerificationAnswer },
      },
    },
    async (request) => {
      refuseBillersStaff(request.principal);
      return { last: await lastVerification(deps) };
    },
  );
  app.post(
    '/api/v1/audit/verification',
    {
      config: right,
      bodyLimit: CHECKPOINT_BYTES_MAX,
      schema: {
        tags,
        summary: 'Verify all chains now, with a checkpoint if one is sent',
        body: contract.auditVerifyBody,
        response: { 200: contract.auditVerificationAnswer },
      },
    },
    async (request) => {
      refuseBillersStaff(request.principal);
      const { checkpoint } = request.body;
      if (checkpoint && !isCheckpointWhole(checkpoint)) throw refuseOverview('checkpoint-damaged');
      if (checkpoint && !(await isOwnCheckpoint(deps, checkpoint))) throw refuseOverview('checkpoint-foreign');
      await verifyAudits(deps, { ...(checkpoint && { checkpoint }) });
      return { last: await lastVerification(deps) };
    },
  );
}

function sendExport(
  reply: FastifyReply,
  deps: AuditDeps,
  from: { reach: AuditReach; query: Parameters<typeof filterOf>[0] & { format: 'csv' | 'jsonl' }; name: string },
): never {
  const { format } = from.query;
  const day = deps.clock.now().toString().slice(0, 10);
  // The route's schema describes no body: the file is a stream.
  return reply
    .header('content-type', format === 'csv' ? 'text/csv; charset=utf-8' : 'application/jsonl; charset=utf-8')
    .header('content-disposition', `attachment; filename="${from.name}-${day}.${format}"`)
    .send(
      Readable.from(exportAudit(deps.database, { reach: from.reach, filter: filterOf(from.query), format })),
    ) as never;
}

function refuseBillersStaff(principal: Principal | undefined): void {
  if (principal?.bid !== null) throw refuse('not-allowed', { needed: 'staff of Causeway' });
}
