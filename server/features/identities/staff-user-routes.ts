import { z } from 'zod';
import { needs } from '../../platform/access.ts';
import type { App } from '../../platform/http.ts';
import { refuse } from '../../platform/problems.ts';
import { actorOf } from '../billers/index.ts';
import { forgetSessions } from './authenticate.ts';
import * as contract from './contract.ts';
import { createStaffUser, disableStaffUser, type Invitation, inviteAgain } from './create-staff-user.ts';
import { roles } from './roles.ts';
import type { RouteDeps } from './route-deps.ts';
import { listUsers, type StaffUser } from './staff-store.ts';

/** Staff users and their roles. */
export function registerStaffUserRoutes(app: App, deps: RouteDeps): void {
  registerStaffUsers(app, deps);
  registerStaffChanges(app, deps);
}

function registerStaffUsers(app: App, deps: RouteDeps): void {
  const tags = ['Staff users'];
  const config = { access: needs({ permission: 'users:manage' }) };
  app.get(
    '/api/v1/staff-users',
    {
      config,
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
    { config, schema: { tags, summary: 'Roles and what they may do', response: { 200: contract.rolesAnswer } } },
    async (request) => ({
      items: roles
        .filter((role) => request.principal?.bid === null || role.of === 'biller')
        .map((role) => ({ ...role, permissions: [...role.permissions] })),
    }),
  );
}

function registerStaffChanges(app: App, deps: RouteDeps): void {
  const tags = ['Staff users'];
  const config = { access: needs({ permission: 'users:manage', isProofRecent: true }) };
  app.post(
    '/api/v1/staff-users',
    {
      config,
      schema: {
        tags,
        summary: 'Invite a staff user',
        body: contract.createStaffUserBody,
        response: { 201: contract.invitationAnswer },
      },
    },
    async (request, reply) => {
      const own = request.principal?.bid ?? null;
      // A biller's own staff can only add to their own.
      if (own !== null && request.body.bid !== own) throw refuse('not-found');
      return reply
        .status(201)
        .send(invitationView(await createStaffUser(deps, { ...request.body, by: actorOf(request.principal) })));
    },
  );
  app.post(
    '/api/v1/staff-users/:id/invitation',
    {
      config,
      schema: {
        tags,
        summary: 'Invite again',
        params: contract.staffUserParams,
        response: { 201: contract.invitationAnswer },
      },
    },
    async (request, reply) => {
      const invitation = await inviteAgain(deps, {
        userId: request.params.id,
        bid: request.principal?.bid ?? null,
        by: actorOf(request.principal),
      });
      return reply.status(201).send(invitationView(invitation));
    },
  );
  app.post(
    '/api/v1/staff-users/:id/disable',
    {
      config,
      schema: {
        tags,
        summary: 'Disable a user and end their sessions',
        params: contract.staffUserParams,
        response: { 204: z.null() },
      },
    },
    async (request, reply) => {
      await disableStaffUser(deps, {
        userId: request.params.id,
        bid: request.principal?.bid ?? null,
        by: actorOf(request.principal),
      });
      forgetSessions(deps);
      return reply.status(204).send(null);
    },
  );
}

function userView(user: StaffUser): z.infer<typeof contract.staffUserSchema> {
  const { id, email, name, bid } = user;
  const state = user.disabledAt !== null ? 'disabled' : user.hasPassword ? 'active' : 'invited';
  return { id, email, name, bid, roles: [...user.roles], state, createdAt: user.createdAt.toString() };
}

function invitationView(invitation: Invitation): z.infer<typeof contract.invitationAnswer> {
  return { ...invitation, expiresAt: invitation.expiresAt.toString() };
}
