import type { RegistrationResponseJSON } from '@simplewebauthn/server';
import { z } from 'zod';
import { requireRecentProof, SIGNED_IN_ENROLLING } from '../../../platform/access.ts';
import type { App } from '../../../platform/http.ts';
import { forgetSessions } from '../authenticate.ts';
import { type SessionRouteDeps, staffOf } from '../route-deps.ts';
import { originOf } from '../sessions/answer-sign-in.ts';
import type { StaffPrincipal } from '../sessions/prove-session.ts';
import { unlinkSignOn } from '../sign-on/unlink-sign-on.ts';
import { askForPasskey } from './check-passkey.ts';
import { beginTotp, confirmTotp, removeTotp, renewRecoveryCodes } from './enrol-totp.ts';
import * as contract from './factors-contract.ts';
import { readOwnSecurity } from './read-own-security.ts';
import { addPasskey, beginPasskey, removePasskey, renamePasskey } from './register-passkey.ts';

const PATH = '/api/v1/own-security';
const tags = ['Own security'];
const config = { access: SIGNED_IN_ENROLLING };

/** What everybody sees and changes of their own: authenticator app, passkeys, recovery codes, the provider. */
export function registerOwnSecurityRoutes(app: App, deps: SessionRouteDeps): void {
  registerOwn(app, deps);
  registerTotp(app, deps);
  registerPasskeys(app, deps);
  registerPasskeyChanges(app, deps);
}

function registerOwn(app: App, deps: SessionRouteDeps): void {
  app.get(
    PATH,
    { config, schema: { tags, summary: 'How you sign in', response: { 200: contract.ownSecurityAnswer } } },
    async (request) => readOwnSecurity(deps, staffOf(request.principal).userId, originOf(request, deps)),
  );
  app.post(
    `${PATH}/recovery-codes`,
    {
      config,
      schema: {
        tags,
        summary: 'New recovery codes; the old ones end',
        response: { 201: contract.recoveryCodesAnswer },
      },
    },
    async (request, reply) => {
      requireRecentProof(request.principal, deps.clock);
      const codes = await renewRecoveryCodes(deps, personOf(staffOf(request.principal)));
      return reply.status(201).send({ recoveryCodes: [...codes] });
    },
  );
  app.delete(
    `${PATH}/sign-on`,
    { config, schema: { tags, summary: 'Cut the link to the provider', response: { 204: z.null() } } },
    async (request, reply) => {
      requireRecentProof(request.principal, deps.clock);
      await unlinkSignOn(deps, personOf(staffOf(request.principal)));
      return reply.status(204).send(null);
    },
  );
}

function registerTotp(app: App, deps: SessionRouteDeps): void {
  app.post(
    `${PATH}/totp`,
    {
      config,
      schema: {
        tags,
        summary: 'Begin with an authenticator app: a key to scan or type',
        response: { 201: contract.totpStartAnswer },
      },
    },
    async (request, reply) => {
      requireRecentProof(request.principal, deps.clock);
      return reply.status(201).send(await beginTotp(deps, personOf(staffOf(request.principal))));
    },
  );
  app.post(
    `${PATH}/totp/confirm`,
    {
      config,
      schema: {
        tags,
        summary: 'Its first code: from here on sign-in asks for one',
        body: contract.codeBody,
        response: { 201: contract.recoveryCodesAnswer },
      },
    },
    async (request, reply) => {
      const { code } = request.body;
      const { recoveryCodes } = await confirmTotp(deps, { person: personOf(staffOf(request.principal)), code });
      forgetSessions(deps);
      return reply.status(201).send({ recoveryCodes: [...recoveryCodes] });
    },
  );
  app.delete(
    `${PATH}/totp`,
    { config, schema: { tags, summary: 'Remove the authenticator app', response: { 204: z.null() } } },
    async (request, reply) => {
      requireRecentProof(request.principal, deps.clock);
      await removeTotp(deps, { person: personOf(staffOf(request.principal)) });
      forgetSessions(deps);
      return reply.status(204).send(null);
    },
  );
}

function registerPasskeys(app: App, deps: SessionRouteDeps): void {
  app.post(
    `${PATH}/passkeys/options`,
    {
      config,
      schema: {
        tags,
        summary: 'What to ask the browser for a new passkey',
        response: { 200: contract.passkeyOptions },
      },
    },
    async (request) => {
      requireRecentProof(request.principal, deps.clock);
      const staff = staffOf(request.principal);
      const from = { person: personOf(staff), name: staff.name, origin: originOf(request, deps) };
      return { ...(await beginPasskey(deps, from)) };
    },
  );
  app.post(
    `${PATH}/passkeys`,
    {
      config,
      schema: {
        tags,
        summary: 'Keep a new passkey',
        body: contract.addPasskeyBody,
        response: { 201: contract.newPasskeyAnswer },
      },
    },
    async (request, reply) => {
      const made = await addPasskey(deps, {
        person: personOf(staffOf(request.principal)),
        name: request.body.name,
        response: request.body.passkey as RegistrationResponseJSON,
        origin: originOf(request, deps),
      });
      forgetSessions(deps);
      return reply.status(201).send({ id: made.id, recoveryCodes: [...made.recoveryCodes] });
    },
  );
  app.post(
    '/api/v1/session/prove/passkey-options',
    {
      config,
      schema: {
        tags,
        summary: 'What to ask your passkey, to prove again who you are',
        response: { 200: contract.passkeyOptions },
      },
    },
    async (request) => {
      const { userId } = staffOf(request.principal);
      return { ...(await askForPasskey(deps, { purpose: 'prove', userId, origin: originOf(request, deps) })) };
    },
  );
}

function registerPasskeyChanges(app: App, deps: SessionRouteDeps): void {
  app.put(
    `${PATH}/passkeys/:id`,
    {
      config,
      schema: {
        tags,
        summary: 'Rename a passkey',
        params: contract.oneParams,
        body: contract.passkeyNameBody,
        response: { 204: z.null() },
      },
    },
    async (request, reply) => {
      const person = personOf(staffOf(request.principal));
      await renamePasskey(deps, { person, id: request.params.id, name: request.body.name });
      return reply.status(204).send(null);
    },
  );
  app.delete(
    `${PATH}/passkeys/:id`,
    {
      config,
      schema: { tags, summary: 'Remove a passkey', params: contract.oneParams, response: { 204: z.null() } },
    },
    async (request, reply) => {
      requireRecentProof(request.principal, deps.clock);
      await removePasskey(deps, { person: personOf(staffOf(request.principal)), id: request.params.id });
      forgetSessions(deps);
      return reply.status(204).send(null);
    },
  );
}

function personOf(staff: StaffPrincipal): { userId: string; email: string } {
  return { userId: staff.userId, email: staff.email };
}
