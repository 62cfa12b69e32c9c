import { z } from 'zod';
import { needs, type Principal } from '../../../platform/access.ts';
import { readAudit } from '../../../platform/audit.ts';
import type { App } from '../../../platform/http.ts';
import { actorOf } from '../../billers/index.ts';
import { forgetSessions } from '../authenticate.ts';
import * as contract from '../contract.ts';
import { resetFactorsBody, userFactorsAnswer } from '../factors/factors-contract.ts';
import { readOwnSecurity } from '../factors/read-own-security.ts';
import { resetFactors } from '../factors/reset-factors.ts';
import { mustHaveFactor } from '../factors/second-factor-rule.ts';
import { refuseIdentity } from '../problems.ts';
import type { RouteDeps } from '../route-deps.ts';
import { endAllSessions, endSessionById } from '../sessions/end-sessions.ts';
import { sessionView } from '../sessions/own-session-routes.ts';
import { listSessions } from '../sessions/session-store.ts';
import { changeable, managerOf } from './may-manage.ts';
import { findListedUser, findUser, type ListedUser } from './staff-store.ts';
import { userView } from './staff-user-view.ts';

const tags = ['Staff users'];
const readRight = { access: needs({ permission: 'users:manage' }) };
const changeRight = { access: needs({ permission: 'users:manage', isProofRecent: true }) };

/** One user's page: who they are, their sessions, and what is on record about them. */
export function registerStaffUserPageRoutes(app: App, deps: RouteDeps): void {
  registerUser(app, deps);
  registerHistory(app, deps);
  registerSessions(app, deps);
  registerResetFactors(app, deps);
}

function registerUser(app: App, deps: RouteDeps): void {
  app.get(
    '/api/v1/staff-users/:id',
    {
      config: readRight,
      schema: {
        tags,
        summary: 'One staff user',
        params: contract.staffUserParams,
        response: { 200: contract.staffUserSchema },
      },
    },
    async (request) => userView(await shown(deps, request)),
  );
}

function registerHistory(app: App, deps: RouteDeps): void {
  app.get(
    '/api/v1/staff-users/:id/history',
    {
      config: readRight,
      schema: {
        tags,
        summary: 'What is on record about a user, newest first',
        params: contract.staffUserParams,
        querystring: contract.userHistoryQuery,
        response: { 200: contract.userHistoryAnswer },
      },
    },
    async (request) => {
      const { cursor, limit } = request.query;
      const user = await shown(deps, request);
      const events = await deps.database.withSystem((tx) =>
        readAudit(tx, {
          bid: null,
          subject: `staff/${user.email}`,
          limit: limit + 1,
          ...(cursor !== undefined && { beforeSeq: Number(cursor) }),
        }),
      );
      const items = events.slice(0, limit).map((event) => ({
        seq: event.seq,
        at: event.at.toString(),
        actor: event.actor,
        act: event.act,
        reason: event.reason,
        detail: isRecord(event.detail) ? event.detail : {},
      }));
      return { items, nextCursor: events.length > limit ? String(items.at(-1)?.seq ?? '') : null };
    },
  );
}

function registerSessions(app: App, deps: RouteDeps): void {
  const base = '/api/v1/staff-users/:id/sessions';
  app.get(
    base,
    {
      config: readRight,
      schema: {
        tags,
        summary: 'A user’s sessions in force',
        params: contract.staffUserParams,
        response: { 200: contract.sessionsAnswer },
      },
    },
    async (request) => {
      const user = await shown(deps, request);
      const own = request.principal?.kind === 'staff' ? request.principal.sessionId : undefined;
      const rows = await deps.database.withSystem((tx) => listSessions(tx, user.id, deps.clock.now()));
      return { items: rows.map((row) => sessionView(row, own)), nextCursor: null };
    },
  );
  app.delete(
    `${base}/:sessionId`,
    {
      config: changeRight,
      schema: {
        tags,
        summary: 'End one session of a user, at once',
        params: contract.userSessionParams,
        response: { 204: z.null() },
      },
    },
    async (request, reply) => {
      const { id, email } = await ofWhom(deps, request);
      await endSessionById(deps, {
        of: { userId: id, email },
        id: request.params.sessionId,
        by: actorOf(request.principal),
      });
      forgetSessions(deps);
      return reply.status(204).send(null);
    },
  );
  app.post(
    `${base}/end`,
    {
      config: changeRight,
      schema: {
        tags,
        summary: 'End every session of a user, at once',
        params: contract.staffUserParams,
        response: { 200: contract.sessionsEndedAnswer },
      },
    },
    async (request) => {
      const { id, email } = await ofWhom(deps, request);
      const sessionsEnded = await endAllSessions(deps, { of: { userId: id, email }, by: actorOf(request.principal) });
      forgetSessions(deps);
      return { sessionsEnded };
    },
  );
}

function registerResetFactors(app: App, deps: RouteDeps): void {
  app.get(
    '/api/v1/staff-users/:id/factors',
    {
      config: readRight,
      schema: {
        tags,
        summary: 'What second factors a user has',
        params: contract.staffUserParams,
        response: { 200: userFactorsAnswer },
      },
    },
    async (request) => {
      const user = await shown(deps, request);
      const { totpSince, passkeys, recoveryCodesLeft, signOn } = await readOwnSecurity(deps, user.id, undefined);
      return {
        totpSince,
        passkeys: passkeys.length,
        recoveryCodesLeft,
        mustHaveFactor: mustHaveFactor(deps.config.secondFactorFor, user),
        signOnEmail: signOn?.email ?? null,
      };
    },
  );
  app.post(
    '/api/v1/staff-users/:id/reset-factors',
    {
      config: changeRight,
      schema: {
        tags,
        summary: 'Remove every second factor of a user who lost theirs, and end their sessions',
        params: contract.staffUserParams,
        body: resetFactorsBody,
        response: { 204: z.null() },
      },
    },
    async (request, reply) => {
      await resetFactors(deps, {
        userId: request.params.id,
        manager: managerOf(request.principal),
        by: actorOf(request.principal),
        reason: request.body.reason,
      });
      forgetSessions(deps);
      return reply.status(204).send(null);
    },
  );
}

interface Asked {
  readonly params: { readonly id: string };
  readonly principal: Principal | undefined;
}

/** A biller's own staff see only each other. */
async function shown(deps: RouteDeps, { params, principal }: Asked): Promise<ListedUser> {
  const user = await deps.database.withSystem((tx) => findListedUser(tx, params.id));
  if (!user || (principal?.bid !== null && user.bid !== principal?.bid)) throw refuseIdentity('unknown-user');
  return user;
}

async function ofWhom(deps: RouteDeps, { params, principal }: Asked) {
  return changeable(await deps.database.withSystem((tx) => findUser(tx, params.id)), managerOf(principal));
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
