import { hash } from 'node:crypto';
import { buildAuthorizationUrl, calculatePKCECodeChallenge } from 'openid-client';
import type { Platform } from '../../../platform/platform.ts';
import { tokenHashOf } from '../sessions/session-limits.ts';
import { isPage, type Provider } from './oidc-provider.ts';
import { insertSignOn } from './sign-on-store.ts';

/** From the button to the way back. */
export const SIGN_ON_MINUTES_MAX = 10;
export const CALLBACK_PATH = '/api/v1/session/oidc/callback';
const SCOPE = 'openid email profile';
const BACK_LENGTH_MAX = 1000;

export interface SignOnStart {
  /** The provider's page. */
  readonly url: string;
  readonly state: string;
  /** For a cookie of this browser alone: who comes back without it did not begin here. */
  readonly browserToken: string;
}

/** Begins a sign-on. Throws when the provider can't be reached. `back`: where the person wanted to go, among our own pages. */
export async function startSignOn(
  deps: Pick<Platform, 'database' | 'clock' | 'random' | 'publicUrl' | 'config'>,
  from: { provider: Provider; back: string | undefined },
): Promise<SignOnStart> {
  const configuration = await from.provider.configuration();
  const state = deps.random.token();
  const browserToken = deps.random.token();
  const url = buildAuthorizationUrl(configuration, {
    redirect_uri: deps.publicUrl + CALLBACK_PATH,
    scope: SCOPE,
    state,
    nonce: nonceOf(browserToken),
    code_challenge: await calculatePKCECodeChallenge(verifierOf(browserToken)),
    code_challenge_method: 'S256',
  });
  if (!isPage(url.href, deps.config.allowPrivateEndpoints)) throw new Error('the provider’s page is none');
  await deps.database.withSystem((tx) =>
    insertSignOn(tx, {
      stateHash: tokenHashOf(state),
      browserHash: tokenHashOf(browserToken),
      issuer: from.provider.issuer,
      back: safeBack(from.back),
      now: deps.clock.now(),
      minutes: SIGN_ON_MINUTES_MAX,
    }),
  );
  return { url: url.href, state, browserToken };
}

/** Both follow from the cookie, so that nothing of use to a thief stands in the database. */
export const nonceOf = (browserToken: string): string => hash('sha256', `nonce ${browserToken}`, 'base64url');
export const verifierOf = (browserToken: string): string => hash('sha256', `verifier ${browserToken}`, 'base64url');

/** A page of the staff application, never another site: `//evil.example` and its spellings lead to the first page. */
export function safeBack(back: string | undefined): string {
  if (!back || back.length > BACK_LENGTH_MAX || !/^\/(?![/\\])[\x21-\x7e]*$/.test(back) || back.includes('\\'))
    return '/';
  const home = 'http://home.invalid';
  const url = URL.parse(`/staff${back}`, home);
  return url && url.origin === home && url.pathname.startsWith('/staff/') ? back : '/';
}
