import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { needs, type Principal, PUBLIC, SIGNED_IN } from '../../platform/access.ts';
import { recordAudit } from '../../platform/audit.ts';
import type { App } from '../../platform/http.ts';
import type { Platform } from '../../platform/platform.ts';
import { refuse } from '../../platform/problems.ts';
import { actorOf, type Billers } from '../billers/index.ts';
import { forgetSessions, sessionTokenOf } from './authenticate.ts';
import * as contract from './contract.ts';
import { createCredential, revokeCredential } from './create-credential.ts';
import {
  acceptInvitation,
  createStaffUser,
  disableStaffUser,
  type Invitation,
  inviteAgain,
} from './create-staff-user.ts';
import { listCredentials } from './credential-store.ts';
import { createPasswords, type Passwords } from './password.ts';
import { permissionsOf, roles } from './roles.ts';
import { SESSION_COOKIE, SESSION_HOURS_MAX, tokenHashOf } from './session-limits.ts';
import { signIn } from './sign-in.ts';
import { endSession, listUsers, type StaffUser } from './staff-store.ts';

const CREDENTIALS_LISTED_MAX = 200;

type RouteDeps = Pick<Platform, 'database' | 'clock' | 'random' | 'publicUrl' | 'log'> & { readonly billers: Billers };

/** Sign-in, staff users and API credentials. */
export function registerIdentitiesRoutes(app: App, deps: RouteDeps): void {
  const passwords = createPasswords(deps.random);
  registerSession(app, { ...deps, passwords });
  registerInvitations(app, { ...deps, passwords });
  registerStaffUsers(app, deps);
  registerStaffChanges(app, deps);
  registerCredentials(app, deps);
}

function registerSession(app: App, deps: RouteDeps & { passwords: Passwords }): void {
  const tags = ['Session'];
  app.post(
    '/api/v1/session',
    {
      config: { access: PUBLIC },
      schema: { tags, summary: 'Sign in', body: contract.signInBody, response: { 201: contract.sessionAnswer } },
    },
    async (request, reply) => {
      refuseForms(request);
      const { user, token, csrfToken } = await signIn(deps, {
        ...request.body,
        address: request.ip,
        userAgent: request.headers['user-agent'] ?? '',
      });
      setSessionCookie(reply, deps, token, SESSION_HOURS_MAX * 3600);
      return reply.status(201).send({
        user: { id: user.id, email: user.email, name: user.name, bid: user.bid },
        permissions: [...permissionsOf(user.roles)],
        csrfToken,
      });
    },
  );
  app.get(
    '/api/v1/session',
    {
      config: { access: SIGNED_IN },
      schema: { tags, summary: 'Who is signed in', response: { 200: contract.sessionAnswer } },
    },
    async (request) => {
      const staff = staffOf(request.principal);
      return {
        user: { id: staff.userId, email: staff.email, name: staff.name, bid: staff.bid },
        permissions: [...staff.permissions],
        csrfToken: staff.csrfToken,
      };
    },
  );
  app.delete(
    '/api/v1/session',
    { config: { access: SIGNED_IN }, schema: { tags, summary: 'Sign out', response: { 204: z.null() } } },
    async (request, reply) => {
      const staff = staffOf(request.principal);
      const token = sessionTokenOf(request);
      const now = deps.clock.now();
      await deps.database.withSystem(async (tx) => {
        if (token !== undefined) await endSession(tx, tokenHashOf(token), now);
        await recordAudit(tx, {
          at: now,
          bid: null,
          actorKind: 'staff',
          actor: staff.email,
          act: 'sign-out',
          subject: `staff/${staff.email}`,
        });
      });
      forgetSessions(deps);
      setSessionCookie(reply, deps, '', 0);
      return reply.status(204).send(null);
    },
  );
}

function registerInvitations(app: App, deps: RouteDeps & { passwords: Passwords }): void {
  app.post(
    '/api/v1/invitations/accept',
    {
      config: { access: PUBLIC },
      schema: {
        tags: ['Session'],
        summary: 'Set a password by invitation',
        body: contract.acceptInvitationBody,
        response: { 200: contract.acceptInvitationAnswer },
      },
    },
    async (request) => {
      refuseForms(request);
      const accepted = await acceptInvitation(deps, request.body);
      forgetSessions(deps);
      return accepted;
    },
  );
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
  const config = { access: needs({ permission: 'users:manage' }) };
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

function registerCredentials(app: App, deps: RouteDeps): void {
  const tags = ['Credentials'];
  const config = { access: needs({ permission: 'credentials:manage' }) };
  const path = '/api/v1/billers/:bid/credentials';
  app.get(
    path,
    {
      config,
      schema: {
        tags,
        summary: 'Bearer credentials of a biller',
        params: contract.credentialParams,
        response: { 200: contract.credentialsAnswer },
      },
    },
    async (request) => {
      const { bid } = request.params;
      const rows = await deps.database.withBiller(bid, (tx) => listCredentials(tx, bid, CREDENTIALS_LISTED_MAX));
      const items = rows.map((row) => ({
        ...row,
        scopes: [...row.scopes],
        createdAt: row.createdAt.toString(),
        lastUsedAt: row.lastUsedAt?.toString() ?? null,
        revokedAt: row.revokedAt?.toString() ?? null,
      }));
      return { items, nextCursor: null };
    },
  );
  app.post(
    path,
    {
      config,
      schema: {
        tags,
        summary: 'Make a credential; its token is told once',
        params: contract.credentialParams,
        body: contract.createCredentialBody,
        response: { 201: contract.newCredentialAnswer },
      },
    },
    async (request, reply) => {
      const made = await createCredential(deps, {
        ...request.body,
        bid: request.params.bid,
        by: actorOf(request.principal),
      });
      return reply.status(201).send({ ...made, scopes: [...made.scopes] });
    },
  );
  app.delete(
    `${path}/:id`,
    {
      config,
      schema: {
        tags,
        summary: 'Revoke a credential, at once',
        params: contract.oneCredentialParams,
        response: { 204: z.null() },
      },
    },
    async (request, reply) => {
      await revokeCredential(deps, { ...request.params, by: actorOf(request.principal) });
      return reply.status(204).send(null);
    },
  );
}

/** A form of another site can post fields, never JSON: so nobody is signed in as somebody else behind their back. */
function refuseForms(request: FastifyRequest): void {
  if (!/^application\/json\b/.test(request.headers['content-type'] ?? '')) throw refuse('wrong-media-type');
}

function setSessionCookie(reply: FastifyReply, deps: RouteDeps, token: string, maxAge: number): void {
  reply.setCookie(SESSION_COOKIE, token, {
    httpOnly: true,
    sameSite: 'lax',
    secure: deps.publicUrl.startsWith('https:'),
    path: '/',
    maxAge,
  });
}

function staffOf(principal: Principal | undefined): Extract<Principal, { kind: 'staff' }> {
  if (principal?.kind !== 'staff') throw refuse('not-signed-in');
  return principal;
}

function userView(user: StaffUser): z.infer<typeof contract.staffUserSchema> {
  const { id, email, name, bid } = user;
  const state = user.disabledAt !== null ? 'disabled' : user.hasPassword ? 'active' : 'invited';
  return { id, email, name, bid, roles: [...user.roles], state, createdAt: user.createdAt.toString() };
}

function invitationView(invitation: Invitation): z.infer<typeof contract.invitationAnswer> {
  return { ...invitation, expiresAt: invitation.expiresAt.toString() };
}
