import { z } from 'zod';
import { needs } from '../../platform/access.ts';
import type { App } from '../../platform/http.ts';
import { actorOf } from '../billers/index.ts';
import { readAlerts } from './alert-store.ts';
import * as contract from './contract.ts';
import { changeConditions, readConditions } from './keep-conditions.ts';
import {
  addDestination,
  removeDestination,
  rotateSecret,
  sendAgain,
  testDestination,
  updateDestination,
} from './keep-destinations.ts';
import { presentDestinations, presentMessages } from './present-messages.ts';
import { refuseOperation } from './problems.ts';
import { alertView, namesOf } from './read-health.ts';
import { type OperationsDeps, requireConsole } from './route-deps.ts';

const tags = ['Operations'];
const READ = { access: needs({ permission: 'operations:read' }) };
const WRITE = { access: needs({ permission: 'operations:write' }) };
/** Where alerts go decides who hears of trouble: asked for with a recent proof of who asks. */
const PROVEN = { access: needs({ permission: 'operations:write', isProofRecent: true }) };

/** Alerts, the conditions they are of, where they go, and each message with its tries. */
export function registerAlertRoutes(app: App, deps: OperationsDeps): void {
  app.get(
    '/api/v1/operations/alerts',
    {
      config: READ,
      schema: {
        tags,
        summary: 'What broke and recovered, newest first',
        querystring: contract.alertsQuery,
        response: { 200: contract.alertsPage },
      },
    },
    async (request) => {
      requireConsole(request.principal);
      const { state, cursor, limit } = request.query;
      const rows = await deps.database.withSystem((tx) => readAlerts(tx, { state, before: cursor, limit }));
      const names = await namesOf(deps);
      const items = rows.slice(0, limit).map((row) => alertView(row, names));
      return { items, nextCursor: rows.length > limit ? String(items.at(-1)?.id) : null };
    },
  );
  app.get(
    '/api/v1/operations/alert-conditions',
    {
      config: READ,
      schema: {
        tags,
        summary: 'What is watched, and from when on it is told',
        response: { 200: contract.conditionsSchema },
      },
    },
    async (request) => {
      requireConsole(request.principal);
      return readConditions(deps);
    },
  );
  app.put(
    '/api/v1/operations/alert-conditions',
    {
      config: PROVEN,
      schema: {
        tags,
        summary: 'Change from when on a condition is told, or switch it off',
        body: contract.conditionsBody,
        response: { 200: contract.conditionsSchema },
      },
    },
    async (request) => {
      requireConsole(request.principal);
      return changeConditions(deps, { ...request.body, by: actorOf(request.principal) });
    },
  );
  registerDestinations(app, deps);
  registerDestinationActs(app, deps);
  registerMessages(app, deps);
}

function registerDestinations(app: App, deps: OperationsDeps): void {
  app.get(
    '/api/v1/operations/alert-destinations',
    {
      config: READ,
      schema: { tags, summary: 'Where alerts go', response: { 200: contract.destinationsSchema } },
    },
    async (request) => {
      requireConsole(request.principal);
      const names = await namesOf(deps);
      const now = deps.clock.now();
      return {
        items: await deps.database.withSystem((tx) => presentDestinations(tx, { now, names })),
        nextCursor: null,
      };
    },
  );
  app.post(
    '/api/v1/operations/alert-destinations',
    {
      config: PROVEN,
      schema: {
        tags,
        summary: 'Send alerts to an email address or a webhook as well',
        body: contract.destinationBody,
        response: { 201: contract.destinationMade },
      },
    },
    async (request, reply) => {
      requireConsole(request.principal);
      const { id, secret } = await addDestination(deps, { ...request.body, by: actorOf(request.principal) });
      return reply.status(201).send({ destination: await readOne(deps, id), secret });
    },
  );
  app.patch(
    '/api/v1/operations/alert-destinations/:id',
    {
      config: PROVEN,
      schema: {
        tags,
        summary: 'Rename a destination, or switch it on or off',
        params: contract.idParams,
        body: contract.changeDestinationBody,
        response: { 200: contract.destinationMade.shape.destination },
      },
    },
    async (request) => {
      requireConsole(request.principal);
      await updateDestination(deps, { ...request.params, ...request.body, by: actorOf(request.principal) });
      return readOne(deps, request.params.id);
    },
  );
  app.delete(
    '/api/v1/operations/alert-destinations/:id',
    {
      config: PROVEN,
      schema: {
        tags,
        summary: 'Remove a destination and its messages',
        params: contract.idParams,
        response: { 204: z.null() },
      },
    },
    async (request, reply) => {
      requireConsole(request.principal);
      await removeDestination(deps, { ...request.params, by: actorOf(request.principal) });
      return reply.status(204).send(null);
    },
  );
}

function registerDestinationActs(app: App, deps: OperationsDeps): void {
  app.post(
    '/api/v1/operations/alert-destinations/:id/rotate-secret',
    {
      config: PROVEN,
      schema: {
        tags,
        summary: 'Give a webhook a new secret, told this once',
        params: contract.idParams,
        body: contract.rotateBody,
        response: { 200: contract.rotated },
      },
    },
    async (request) => {
      requireConsole(request.principal);
      const { id } = request.params;
      const { secret } = await rotateSecret(deps, { id, ...request.body, by: actorOf(request.principal) });
      return { destination: await readOne(deps, id), secret };
    },
  );
  app.post(
    '/api/v1/operations/alert-destinations/:id/test',
    {
      config: WRITE,
      schema: {
        tags,
        summary: 'Send a test message',
        params: contract.idParams,
        response: { 202: contract.messageQueued },
      },
    },
    async (request, reply) => {
      requireConsole(request.principal);
      const queued = await testDestination(deps, { ...request.params, by: actorOf(request.principal) });
      return reply.status(202).send(queued);
    },
  );
}

function registerMessages(app: App, deps: OperationsDeps): void {
  app.get(
    '/api/v1/operations/alert-messages',
    {
      config: READ,
      schema: {
        tags,
        summary: 'Messages of alerts with each try, newest first',
        querystring: contract.messagesQuery,
        response: { 200: contract.messagesPage },
      },
    },
    async (request) => {
      requireConsole(request.principal);
      return deps.database.withSystem((tx) => presentMessages(tx, request.query));
    },
  );
  app.post(
    '/api/v1/operations/alert-messages/:id/send-again',
    {
      config: WRITE,
      schema: {
        tags,
        summary: 'Try a message again that was given up',
        params: contract.idParams,
        response: { 202: contract.messageQueued },
      },
    },
    async (request, reply) => {
      requireConsole(request.principal);
      const queued = await sendAgain(deps, { ...request.params, by: actorOf(request.principal) });
      return reply.status(202).send(queued);
    },
  );
}

async function readOne(deps: OperationsDeps, id: number) {
  const names = await namesOf(deps);
  const now = deps.clock.now();
  const [found] = await deps.database.withSystem((tx) => presentDestinations(tx, { id, now, names }));
  if (!found) throw refuseOperation('unknown-destination');
  return found;
}
