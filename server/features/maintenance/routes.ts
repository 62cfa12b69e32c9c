import { needs } from '../../platform/access.ts';
import type { App } from '../../platform/http.ts';
import { actorOf } from '../billers/index.ts';
import * as contract from './contract.ts';
import { listWindows, readWindow } from './list-windows.ts';
import type { MaintenanceDeps } from './ports.ts';
import { historyView, windowView } from './present-window.ts';
import { changeWindow, checkWindow, createWindow, endWindow, type SavedWindow } from './save-window.ts';

const tags = ['Maintenance windows'];
const base = '/api/v1/billers/:bid/maintenance-windows';
/** Whoever answers a payer's call must be able to say that the site is closed, and until when. */
const READ = { access: needs({ permission: 'billers:read' }) };
const WRITE = { access: needs({ permission: 'maintenance:write' }) };

/** Maintenance windows over HTTP: list, look at, plan, change, end early, check beforehand. */
export function registerMaintenanceRoutes(app: App, deps: MaintenanceDeps): void {
  registerReads(app, deps);
  registerSaves(app, deps);
  app.post(
    `${base}/:id/end`,
    {
      config: WRITE,
      schema: {
        tags,
        summary: 'End a window early: uncheck Active, at once at every node',
        params: contract.windowParams,
        body: contract.endBody,
        response: { 200: contract.savedWindowSchema },
      },
    },
    async (request) =>
      savedView(
        deps,
        await endWindow(deps, { ...request.params, reason: request.body.reason, by: actorOf(request.principal) }),
      ),
  );
  app.post(
    `${base}/check`,
    {
      config: WRITE,
      schema: {
        tags,
        summary: 'What saving would do: moments, questions, faults, warnings; nothing is stored',
        params: contract.billerParams,
        body: contract.checkBody,
        response: { 200: contract.checkedSchema },
      },
    },
    async (request) => {
      const { id, ...draft } = request.body;
      return checkWindow(deps, { bid: request.params.bid, id, draft });
    },
  );
}

function registerReads(app: App, deps: MaintenanceDeps): void {
  app.get(
    base,
    {
      config: READ,
      schema: {
        tags,
        summary: 'Maintenance windows: in force and to come by start, or past ones, newest first',
        params: contract.billerParams,
        querystring: contract.windowsQuery,
        response: { 200: contract.windowsPage },
      },
    },
    async (request) => {
      const { windows, nextCursor } = await listWindows(deps, { bid: request.params.bid, ...request.query });
      const now = deps.clock.now();
      return { items: windows.map((window) => windowView(window, now)), nextCursor };
    },
  );
  app.get(
    `${base}/:id`,
    {
      config: READ,
      schema: {
        tags,
        summary: 'One maintenance window with its history',
        params: contract.windowParams,
        response: { 200: contract.windowWithHistory },
      },
    },
    async (request) => {
      const { window, versions } = await readWindow(deps, request.params);
      return { window: windowView(window, deps.clock.now()), history: historyView(versions) };
    },
  );
}

function registerSaves(app: App, deps: MaintenanceDeps): void {
  app.post(
    base,
    {
      config: WRITE,
      schema: {
        tags,
        summary: 'Plan a maintenance window; times are Central Time',
        params: contract.billerParams,
        body: contract.createBody,
        response: { 201: contract.savedWindowSchema },
      },
    },
    async (request, reply) => {
      const { reason, ...draft } = request.body;
      const saved = await createWindow(deps, {
        bid: request.params.bid,
        draft,
        reason,
        by: actorOf(request.principal),
      });
      return reply.status(201).send(savedView(deps, saved));
    },
  );
  app.put(
    `${base}/:id`,
    {
      config: WRITE,
      schema: {
        tags,
        summary: 'Change a maintenance window, also while it is in force',
        params: contract.windowParams,
        body: contract.changeBody,
        response: { 200: contract.savedWindowSchema },
      },
    },
    async (request) => {
      const { reason, expectedVersion, ...draft } = request.body;
      return savedView(
        deps,
        await changeWindow(deps, { ...request.params, expectedVersion, draft, reason, by: actorOf(request.principal) }),
      );
    },
  );
}

const savedView = (deps: MaintenanceDeps, { window, isChanged, warnings }: SavedWindow) => ({
  window: windowView(window, deps.clock.now()),
  isChanged,
  warnings: [...warnings],
});
