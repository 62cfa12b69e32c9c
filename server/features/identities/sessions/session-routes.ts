import { z } from 'zod';
import { PROOF_MINUTES_MAX, PUBLIC, SIGNED_IN_ENROLLING } from '../../../platform/access.ts';
import { recordAudit } from '../../../platform/audit.ts';
import type { App } from '../../../platform/http.ts';
import { forgetSessions, sessionTokenOf } from '../authenticate.ts';
import * as contract from '../contract.ts';
import { halfAnswer as halfBody } from '../factors/factors-contract.ts';
import { refuseForms, type SessionRouteDeps, setSessionCookie, staffOf } from '../route-deps.ts';
import { acceptInvitation } from '../staff/create-staff-user.ts';
import { endSession } from '../staff/staff-store.ts';
import { halfAnswer, originOf, signedInAnswer } from './answer-sign-in.ts';
import { type Proof, proveSession } from './prove-session.ts';
import { placeOf } from './second-step-routes.ts';
import { tokenHashOf } from './session-limits.ts';
import { signIn } from './sign-in.ts';

/** Signing in and out, proving again who one is, and taking an invitation up. */
export function registerSessionRoutes(app: App, deps: SessionRouteDeps): void {
  registerSession(app, deps);
  registerProve(app, deps);
  registerInvitations(app, deps);
}

function registerSession(app: App, deps: SessionRouteDeps): void {
  const tags = ['Session'];
  app.post(
    '/api/v1/session',
    {
      config: { access: PUBLIC },
      schema: {
        tags,
        summary: 'Sign in; 202 asks for the second factor',
        body: contract.signInBody,
        response: { 201: contract.sessionAnswer, 202: halfBody },
      },
    },
    async (request, reply) => {
      refuseForms(request);
      const outcome = await signIn(deps, { ...request.body, ...placeOf(request) });
      if (outcome.kind === 'half') return reply.status(202).send(halfAnswer(request, reply, deps, outcome));
      return reply.status(201).send(signedInAnswer(reply, deps, outcome.session));
    },
  );
  app.get(
    '/api/v1/session',
    {
      config: { access: SIGNED_IN_ENROLLING },
      schema: { tags, summary: 'Who is signed in', response: { 200: contract.sessionAnswer } },
    },
    async (request) => {
      const staff = staffOf(request.principal);
      return {
        user: { id: staff.userId, email: staff.email, name: staff.name, bid: staff.bid },
        permissions: staff.isEnrolling ? [] : [...staff.permissions],
        csrfToken: staff.csrfToken,
        mustEnrol: staff.isEnrolling === true,
      };
    },
  );
  app.delete(
    '/api/v1/session',
    { config: { access: SIGNED_IN_ENROLLING }, schema: { tags, summary: 'Sign out', response: { 204: z.null() } } },
    async (request, reply) => {
      const staff = staffOf(request.principal);
      const token = sessionTokenOf(request, deps);
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

function registerProve(app: App, deps: SessionRouteDeps): void {
  app.post(
    '/api/v1/session/prove',
    {
      config: { access: SIGNED_IN_ENROLLING },
      schema: {
        tags: ['Session'],
        summary: 'Prove again who you are, before acts on secrets, money and users',
        body: contract.proveBody,
        response: { 200: contract.proveAnswer },
      },
    },
    async (request, reply) => {
      const proven = await proveSession(deps, {
        staff: staffOf(request.principal),
        token: sessionTokenOf(request, deps) ?? '',
        proof: request.body as Proof,
        address: request.ip,
        origin: originOf(request, deps),
      });
      const secondsLeft = proven.expiresAt.since(proven.provenAt).total('seconds');
      setSessionCookie(reply, deps, proven.token, Math.max(1, Math.floor(secondsLeft)));
      return {
        provenAt: proven.provenAt.toString(),
        until: proven.provenAt.add({ minutes: PROOF_MINUTES_MAX }).toString(),
      };
    },
  );
}

function registerInvitations(app: App, deps: SessionRouteDeps): void {
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
