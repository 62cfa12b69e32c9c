import { z } from 'zod';
import { needs, type Principal } from '../../../platform/access.ts';
import type { App } from '../../../platform/http.ts';
import { refuse } from '../../../platform/problems.ts';
import { actorOf } from '../../billers/index.ts';
import { forgetSessions } from '../authenticate.ts';
import * as contract from '../contract.ts';
import type { RouteDeps } from '../route-deps.ts';
import { changeStaffUser, disableStaffUser, enableStaffUser } from './change-staff-user.ts';
import { createStaffUser, inviteAgain, inviteByEmail } from './create-staff-user.ts';
import { isGiveable, managerOf } from './may-manage.ts';
import { roles } from './roles.ts';
import { listUsers } from './staff-store.ts';
import { userView } from './staff-user-view.ts';

const tags = ['Staff users'];
const readRight = { access: needs({ permission: 'users:manage' }) };
/** Whoever changes users has just proven who they are. */
const changeRight = { access: needs({ permission: 'users:manage', isProofRecent: true }) };

/** Staff users and their roles: listed, invited, changed. One user's page is in staff-user-page-routes.ts. */
export function registerStaffUserRoutes(app: App, deps: RouteDeps): void {
  registerLists(app, deps);
  registerInvitations(app, deps);
  registerChange(app, deps);
  registerSwitches(app, deps);
}

function registerLists(app: App, deps: RouteDeps): void {
  app.get(
    '/api/v1/staff-users',
    {
      config: readRight,
      schema: {
        tags,
        summary: 'Staff users, by email',
        querystring: contract.listStaffUsersQuery,
        response: { 200: contract.listStaffUsersAnswer },
      },
    },
    async (request) => {
      const { cursor, limit } = request.query;
      const found = await deps.database.withSystem((tx) =>
        listUsers(tx, { bid: request.principal?.bid ?? null, afterEmail: cursor ?? '', limit: limit + 1 }),
      );
      const items = found.slice(0, limit).map(userView);
      return { items, nextCursor: found.length > limit ? (items.at(-1)?.email ?? null) : null };
    },
  );
  app.get(
    '/api/v1/roles',
    {
      config: readRight,
      schema: { tags, summary: 'Roles and what they may do', response: { 200: contract.rolesAnswer } },
    },
    async (request) => {
      const manager = managerOf(request.principal);
      return {
        items: roles
          .filter((role) => manager.bid === null || role.of === 'biller')
          .map((role) => ({
            ...role,
            permissions: [...role.permissions],
            isYoursToGive: isGiveable(manager, role.name),
          })),
      };
    },
  );
}

function registerInvitations(app: App, deps: RouteDeps): void {
  const isByEmail = deps.config.smtpUrl !== undefined;
  app.post(
    '/api/v1/staff-users',
    {
      config: changeRight,
      schema: {
        tags,
        summary: 'Invite a staff user, by email where mail is set up',
        body: contract.createStaffUserBody,
        response: { 201: contract.invitationAnswer },
      },
    },
    async (request, reply) => {
      const manager = managerOf(request.principal);
      // A biller's own staff can only add to their own.
      if (manager.bid !== null && request.body.bid !== manager.bid) throw refuse('not-found');
      const from = { ...request.body, manager, by: actorOf(request.principal) };
      if (isByEmail) {
        const { userId, email } = await inviteByEmail(deps, from);
        return reply.status(201).send({ userId, email, link: null, expiresAt: null });
      }
      const made = await createStaffUser(deps, from);
      return reply.status(201).send({ ...made, expiresAt: made.expiresAt.toString() });
    },
  );
  app.post(
    '/api/v1/staff-users/:id/invitation',
    {
      config: changeRight,
      schema: {
        tags,
        summary: 'Invite again: a new link to set a password, in place of the one before',
        params: contract.staffUserParams,
        response: { 201: contract.invitationAnswer },
      },
    },
    async (request, reply) => {
      const { expiresAt, ...invitation } = await inviteAgain(deps, { ...changeOf(request), isByEmail });
      return reply.status(201).send({ ...invitation, expiresAt: expiresAt?.toString() ?? null });
    },
  );
}

function registerChange(app: App, deps: RouteDeps): void {
  app.put(
    '/api/v1/staff-users/:id',
    {
      config: changeRight,
      schema: {
        tags,
        summary: 'Change a user’s name and roles',
        params: contract.staffUserParams,
        body: contract.changeStaffUserBody,
        response: { 204: z.null() },
      },
    },
    async (request, reply) => {
      await changeStaffUser(deps, { ...changeOf(request), ...request.body });
      forgetSessions(deps);
      return reply.status(204).send(null);
    },
  );
}

function registerSwitches(app: App, deps: RouteDeps): void {
  for (const [verb, act, summary] of [
    ['disable', disableStaffUser, 'Disable a user and end their sessions'],
    ['enable', enableStaffUser, 'Let a disabled user sign in again'],
  ] as const) {
    app.post(
      `/api/v1/staff-users/:id/${verb}`,
      {
        config: changeRight,
        schema: { tags, summary, params: contract.staffUserParams, response: { 204: z.null() } },
      },
      async (request, reply) => {
        await act(deps, changeOf(request));
        forgetSessions(deps);
        return reply.status(204).send(null);
      },
    );
  }
}

function changeOf(request: { params: { id: string }; principal: Principal | undefined }) {
  return { userId: request.params.id, manager: managerOf(request.principal), by: actorOf(request.principal) };
}
