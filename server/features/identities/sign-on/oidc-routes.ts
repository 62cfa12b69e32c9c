import type { FastifyReply, FastifyRequest } from 'fastify';
import { buildEndSessionUrl } from 'openid-client';
import { z } from 'zod';
import { PUBLIC } from '../../../platform/access.ts';
import type { App } from '../../../platform/http.ts';
import { refuseFactor } from '../factors/factor-problems.ts';
import { callbackQuery, startQuery } from '../factors/factors-contract.ts';
import type { SessionRouteDeps } from '../route-deps.ts';
import { halfAnswer, signedInAnswer } from '../sessions/answer-sign-in.ts';
import { placeOf } from '../sessions/second-step-routes.ts';
import { tokenHashOf } from '../sessions/session-limits.ts';
import { refuseFlood } from '../sessions/session-throttle.ts';
import { setStaffCookie, staffCookieOf } from '../sessions/staff-cookie.ts';
import { finishSignOn, type SignOnEnd, type SignOnFault } from './oidc-finish.ts';
import { createProvider, isPage, type Provider } from './oidc-provider.ts';
import { SIGN_ON_MINUTES_MAX, startSignOn } from './oidc-start.ts';

const PATH = '/api/v1/session/oidc';
const COOKIE = 'causeway_sign_on_';
const tags = ['Session'];
const config = { access: PUBLIC };

/** Sign-on through the operator's OpenID Connect provider: pages a browser is led through, one redirect each. */
export function registerOidcRoutes(app: App, deps: SessionRouteDeps): void {
  const provider = createProvider(deps);
  registerStart(app, deps, provider);
  registerCallback(app, deps, provider);
  registerProviderSignOut(app, deps, provider);
}

function registerStart(app: App, deps: SessionRouteDeps, provider: Provider | undefined): void {
  app.get(
    `${PATH}/start`,
    {
      config,
      schema: {
        tags,
        summary: 'To the sign-on provider’s page',
        querystring: startQuery,
        response: { 302: z.null() },
      },
    },
    async (request, reply) => {
      if (!provider) throw refuseFactor('sign-on-off');
      await refuseFlood(deps, request.ip);
      try {
        const start = await startSignOn(deps, { provider, back: request.query.back });
        const name = cookieOf(start.state);
        setStaffCookie(reply, deps, { name, token: start.browserToken, maxAgeSeconds: SIGN_ON_MINUTES_MAX * 60 });
        return reply.redirect(start.url, 302);
      } catch (cause) {
        deps.log.warn({ why: cause instanceof Error ? cause.message : 'unknown' }, 'a sign-on could not begin');
        return toSignIn(reply, 'away');
      }
    },
  );
}

function registerCallback(app: App, deps: SessionRouteDeps, provider: Provider | undefined): void {
  app.get(
    `${PATH}/callback`,
    {
      config,
      schema: {
        tags,
        summary: 'The way back from the provider',
        querystring: callbackQuery,
        response: { 302: z.null() },
      },
    },
    async (request, reply) => {
      if (!provider) throw refuseFactor('sign-on-off');
      const state = request.query.state ?? '';
      const name = cookieOf(state);
      const browserToken = staffCookieOf(request, deps, name);
      if (!browserToken) return toSignIn(reply, 'stale');
      setStaffCookie(reply, deps, { name, token: '', maxAgeSeconds: 0 });
      const query = request.raw.url?.split('?').slice(1).join('?') ?? '';
      const end = await finishSignOn(deps, { provider, query, state, browserToken, at: placeOf(request) });
      return answer(request, reply, deps, end);
    },
  );
}

/** Ends the session at the provider too, for who asks for it after signing out here. */
function registerProviderSignOut(app: App, deps: SessionRouteDeps, provider: Provider | undefined): void {
  app.get(
    `${PATH}/sign-out`,
    { config, schema: { tags, summary: 'To the provider’s own sign-out', response: { 302: z.null() } } },
    async (_request, reply) => {
      if (!provider) throw refuseFactor('sign-on-off');
      try {
        const configuration = await provider.configuration();
        if (configuration.serverMetadata().end_session_endpoint === undefined)
          return reply.redirect('/staff/signed-out?provider=has-none', 302);
        const url = buildEndSessionUrl(configuration, {
          post_logout_redirect_uri: `${deps.publicUrl}/staff/signed-out`,
        });
        if (!isPage(url.href, deps.config.allowPrivateEndpoints)) throw new Error('the provider’s sign-out is no page');
        return reply.redirect(url.href, 302);
      } catch (cause) {
        deps.log.warn({ why: cause instanceof Error ? cause.message : 'unknown' }, 'no sign-out at the provider');
        return reply.redirect('/staff/signed-out?provider=away', 302);
      }
    },
  );
}

function answer(request: FastifyRequest, reply: FastifyReply, deps: SessionRouteDeps, end: SignOnEnd): FastifyReply {
  if (end.kind === 'fault') return toSignIn(reply, end.fault);
  if (end.outcome.kind === 'signed-in') {
    signedInAnswer(reply, deps, end.outcome.session);
    return reply.redirect(`/staff${end.back}`, 302);
  }
  halfAnswer(request, reply, deps, end.outcome);
  return reply.redirect(`/staff/sign-in?step=second&back=${encodeURIComponent(end.back)}`, 302);
}

function toSignIn(reply: FastifyReply, fault: SignOnFault): FastifyReply {
  return reply.redirect(`/staff/sign-in?signOn=${fault}`, 302);
}

/** One for each sign-on, so that two tabs do not take each other's. */
function cookieOf(state: string): string {
  return COOKIE + tokenHashOf(state).toString('hex').slice(0, 12);
}
