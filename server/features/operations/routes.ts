import { z } from 'zod';
import { needs } from '../../platform/access.ts';
import type { App } from '../../platform/http.ts';
import { actorOf } from '../billers/index.ts';
import { registerAlertRoutes } from './alert-routes.ts';
import * as contract from './contract.ts';
import { forgetProcess, readJobs, retryJob } from './operate-installation.ts';
import { readEndpointHistory, readHealth } from './read-health.ts';
import { type OperationsDeps, requireConsole } from './route-deps.ts';

const tags = ['Operations'];
const READ = { access: needs({ permission: 'operations:read' }) };
const WRITE = { access: needs({ permission: 'operations:write' }) };

/** Health, jobs and processes of the whole installation; alerts are in alert-routes.ts. */
export function registerOperationsRoutes(app: App, deps: OperationsDeps): void {
  app.get(
    '/api/v1/operations',
    {
      config: READ,
      schema: {
        tags,
        summary: 'How the installation stands: alerts, processes, partner endpoints, lanes, database',
        response: { 200: contract.healthSchema },
      },
    },
    async (request) => {
      requireConsole(request.principal);
      return readHealth(deps);
    },
  );
  app.get(
    '/api/v1/operations/endpoint-history',
    {
      config: READ,
      schema: {
        tags,
        summary: 'Latency and errors of one endpoint, minute by minute over the last hour',
        querystring: contract.historyQuery,
        response: { 200: contract.historySchema },
      },
    },
    async (request) => {
      requireConsole(request.principal);
      const { endpoint } = request.query;
      return { endpoint, minutes: await readEndpointHistory(deps, endpoint) };
    },
  );
  registerJobs(app, deps);
  registerAlertRoutes(app, deps);
}

function registerJobs(app: App, deps: OperationsDeps): void {
  app.get(
    '/api/v1/operations/jobs',
    {
      config: READ,
      schema: {
        tags,
        summary: 'Queues, schedules and the jobs that were given up',
        response: { 200: contract.jobsSchema },
      },
    },
    async (request) => {
      requireConsole(request.principal);
      return readJobs(deps);
    },
  );
  app.post(
    '/api/v1/operations/jobs/:queue/:id/retry',
    {
      config: WRITE,
      schema: {
        tags,
        summary: 'Let a job run again that was given up',
        params: contract.jobParams,
        body: contract.reasonBody,
        response: { 204: z.null() },
      },
    },
    async (request, reply) => {
      requireConsole(request.principal);
      await retryJob(deps, { ...request.params, ...request.body, by: actorOf(request.principal) });
      return reply.status(204).send(null);
    },
  );
  app.post(
    '/api/v1/operations/processes/:id/forget',
    {
      config: WRITE,
      schema: {
        tags,
        summary: 'Say that a process that vanished was meant to go',
        params: contract.processParams,
        body: contract.reasonBody,
        response: { 204: z.null() },
      },
    },
    async (request, reply) => {
      requireConsole(request.principal);
      await forgetProcess(deps, { ...request.params, ...request.body, by: actorOf(request.principal) });
      return reply.status(204).send(null);
    },
  );
}
