import type { AuthenticationResponseJSON } from '@simplewebauthn/server';
import type { FastifyRequest } from 'fastify';
import { PUBLIC } from '../../../platform/access.ts';
import type { App } from '../../../platform/http.ts';
import { sessionAnswer } from '../contract.ts';
import { askForPasskey } from '../factors/check-passkey.ts';
import { readFactors } from '../factors/factor-store.ts';
import * as contract from '../factors/factors-contract.ts';
import { relyingPartyOf } from '../factors/passkey-origin.ts';
import { refuseForms, type SessionRouteDeps } from '../route-deps.ts';
import { halfTokenOf, originOf, signedInAnswer, stepsOf } from './answer-sign-in.ts';
import { finishSignIn, readHalf, type SecondStep } from './finish-sign-in.ts';
import { refuseFlood } from './session-throttle.ts';
import { signInByPasskey } from './sign-in-by-passkey.ts';

const tags = ['Session'];
const config = { access: PUBLIC };

/** What sign-in offers, its second step, and signing in by a passkey alone. */
export function registerSecondStepRoutes(app: App, deps: SessionRouteDeps): void {
  registerWays(app, deps);
  registerSecondStep(app, deps);
  registerPasskeySignIn(app, deps);
}

function registerWays(app: App, deps: SessionRouteDeps): void {
  app.get(
    '/api/v1/session/ways',
    { config, schema: { tags, summary: 'What the sign-in page can offer', response: { 200: contract.waysAnswer } } },
    async (request) => {
      const { signOn } = deps.config;
      const party = relyingPartyOf(deps.publicUrl, originOf(request, deps));
      return {
        signOn: signOn ? { label: signOn.label, startUrl: `${deps.publicUrl}/api/v1/session/oidc/start` } : null,
        passkeys: { isThere: party.isThere, why: party.isThere ? '' : party.why },
      };
    },
  );
}

function registerSecondStep(app: App, deps: SessionRouteDeps): void {
  const path = '/api/v1/session/second-step';
  app.get(
    path,
    {
      config,
      schema: { tags, summary: 'Whose second factor is asked for', response: { 200: contract.halfAnswer } },
    },
    async (request) => {
      const { user } = await readHalf(deps, halfTokenOf(request, deps));
      const factors = await deps.database.withSystem((tx) => readFactors(tx, user.id));
      return { email: user.email, methods: stepsOf(request, deps, factors) };
    },
  );
  app.post(
    path,
    {
      config,
      schema: {
        tags,
        summary: 'Show the second factor, and be signed in',
        body: contract.secondStepBody,
        response: { 201: sessionAnswer },
      },
    },
    async (request, reply) => {
      refuseForms(request);
      const session = await finishSignIn(deps, {
        token: halfTokenOf(request, deps),
        step: request.body as SecondStep,
        at: placeOf(request),
        origin: originOf(request, deps),
      });
      return reply.status(201).send(signedInAnswer(reply, deps, session));
    },
  );
  app.post(
    `${path}/passkey-options`,
    {
      config,
      schema: { tags, summary: 'What to ask the passkey of that person', response: { 200: contract.passkeyOptions } },
    },
    async (request) => {
      const { user } = await readHalf(deps, halfTokenOf(request, deps));
      const asked = { purpose: 'second-factor', userId: user.id, origin: originOf(request, deps) } as const;
      return { ...(await askForPasskey(deps, asked)) };
    },
  );
}

function registerPasskeySignIn(app: App, deps: SessionRouteDeps): void {
  const path = '/api/v1/session/passkey';
  app.post(
    `${path}/options`,
    {
      config,
      schema: { tags, summary: 'What to ask anybody’s passkey', response: { 200: contract.passkeyOptions } },
    },
    async (request) => {
      await refuseFlood(deps, request.ip);
      const asked = { purpose: 'sign-in', userId: null, origin: originOf(request, deps) } as const;
      return { ...(await askForPasskey(deps, asked)) };
    },
  );
  app.post(
    path,
    {
      config,
      schema: {
        tags,
        summary: 'Sign in by a passkey, without email and password',
        body: contract.passkeySignInBody,
        response: { 201: sessionAnswer },
      },
    },
    async (request, reply) => {
      refuseForms(request);
      const session = await signInByPasskey(deps, {
        response: request.body.passkey as AuthenticationResponseJSON,
        at: placeOf(request),
        origin: originOf(request, deps),
      });
      return reply.status(201).send(signedInAnswer(reply, deps, session));
    },
  );
}

/** From where somebody signs in, for the list of sessions and the audit. */
export function placeOf(request: FastifyRequest): { address: string; userAgent: string } {
  return { address: request.ip, userAgent: request.headers['user-agent'] ?? '' };
}
