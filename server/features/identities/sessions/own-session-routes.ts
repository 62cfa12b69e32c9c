import { z } from 'zod';
import { PUBLIC, requireRecentProof, SIGNED_IN } from '../../../platform/access.ts';
import type { App } from '../../../platform/http.ts';
import { actorOf } from '../../billers/index.ts';
import { forgetSessions, sessionTokenOf } from '../authenticate.ts';
import * as contract from '../contract.ts';
import { refuseForms, type SessionRouteDeps, setSessionCookie, staffOf } from '../route-deps.ts';
import { changePassword } from '../staff/change-password.ts';
import { requestReset, resetPassword } from '../staff/reset-password.ts';
import { RESET_MINUTES } from '../staff/send-staff-mail.ts';
import { describeDevice } from './describe-device.ts';
import { endAllSessions, endSessionById } from './end-sessions.ts';
import { proveSession } from './prove-session.ts';
import { listSessions, type SessionRow } from './session-store.ts';

const tags = ['Session'];

/** One's own sessions and password, and a forgotten one. */
export function registerOwnSessionRoutes(app: App, deps: SessionRouteDeps): void {
  registerList(app, deps);
  registerEnding(app, deps);
  registerPassword(app, deps);
  registerForgotten(app, deps);
}

/** A session as people read it. */
export function sessionView(
  row: SessionRow,
  ownSessionId: string | undefined,
): z.infer<typeof contract.staffSessionSchema> {
  return {
    id: row.id,
    device: describeDevice(row.userAgent),
    address: row.address,
    createdAt: row.createdAt.toString(),
    lastSeenAt: row.lastSeenAt.toString(),
    expiresAt: row.expiresAt.toString(),
    provenAt: row.provenAt.toString(),
    provenBy: row.provenBy,
    isThis: row.id === ownSessionId,
  };
}

function registerList(app: App, deps: SessionRouteDeps): void {
  app.get(
    '/api/v1/sessions',
    {
      config: { access: SIGNED_IN },
      schema: { tags, summary: 'One’s own sessions in force', response: { 200: contract.sessionsAnswer } },
    },
    async (request) => {
      const { userId, sessionId } = staffOf(request.principal);
      const rows = await deps.database.withSystem((tx) => listSessions(tx, userId, deps.clock.now()));
      return { items: rows.map((row) => sessionView(row, sessionId)), nextCursor: null };
    },
  );
}

function registerEnding(app: App, deps: SessionRouteDeps): void {
  app.delete(
    '/api/v1/sessions/:id',
    {
      config: { access: SIGNED_IN },
      schema: {
        tags,
        summary: 'End one of one’s own sessions, at once',
        params: contract.sessionParams,
        response: { 204: z.null() },
      },
    },
    async (request, reply) => {
      await endSessionById(deps, {
        of: staffOf(request.principal),
        id: request.params.id,
        by: actorOf(request.principal),
      });
      forgetSessions(deps);
      return reply.status(204).send(null);
    },
  );
  app.post(
    '/api/v1/sessions/end-others',
    {
      config: { access: SIGNED_IN },
      schema: {
        tags,
        summary: 'End every session of one’s own but this one',
        response: { 200: contract.sessionsEndedAnswer },
      },
    },
    async (request) => {
      const staff = staffOf(request.principal);
      const sessionsEnded = await endAllSessions(deps, {
        of: staff,
        but: staff.sessionId,
        by: actorOf(request.principal),
      });
      forgetSessions(deps);
      return { sessionsEnded };
    },
  );
}

function registerPassword(app: App, deps: SessionRouteDeps): void {
  app.post(
    '/api/v1/session/password',
    {
      config: { access: SIGNED_IN },
      schema: {
        tags,
        summary: 'Change one’s own password; ends every other session',
        body: contract.changePasswordBody,
        response: { 200: contract.sessionsEndedAnswer },
      },
    },
    async (request, reply) => {
      const staff = staffOf(request.principal);
      const { oldPassword, password } = request.body;
      if (oldPassword === undefined) requireRecentProof(staff, deps.clock);
      else {
        const proven = await proveSession(deps, {
          staff,
          token: sessionTokenOf(request, deps) ?? '',
          proof: { password: oldPassword },
          address: request.ip,
          origin: undefined,
        });
        const secondsLeft = Math.max(1, Math.floor(proven.expiresAt.since(proven.provenAt).total('seconds')));
        setSessionCookie(reply, deps, proven.token, secondsLeft);
      }
      const changed = await changePassword(deps, { staff, password, address: request.ip });
      forgetSessions(deps);
      return changed;
    },
  );
}

function registerForgotten(app: App, deps: SessionRouteDeps): void {
  app.post(
    '/api/v1/password-resets',
    {
      config: { access: PUBLIC },
      schema: {
        tags,
        summary: 'Say that a password is forgotten; the answer is the same whoever has that email',
        body: contract.askResetBody,
        response: { 202: contract.askResetAnswer },
      },
    },
    async (request, reply) => {
      refuseForms(request);
      await requestReset(deps, {
        email: request.body.email,
        address: request.ip,
        userAgent: request.headers['user-agent'] ?? '',
      });
      return reply.status(202).send({ minutes: RESET_MINUTES });
    },
  );
  app.post(
    '/api/v1/password-resets/use',
    {
      config: { access: PUBLIC },
      schema: {
        tags,
        summary: 'Set a new password by the link of the email, once',
        body: contract.acceptInvitationBody,
        response: { 200: contract.acceptInvitationAnswer },
      },
    },
    async (request) => {
      refuseForms(request);
      const reset = await resetPassword(deps, { ...request.body, address: request.ip });
      forgetSessions(deps);
      return reset;
    },
  );
}
