import {
  allowInsecureRequests,
  type ClientAuth,
  ClientSecretBasic,
  ClientSecretPost,
  type Configuration,
  customFetch,
  discovery,
  enableNonRepudiationChecks,
  None,
} from 'openid-client';
import type { SignOnProvider } from '../../../platform/config-sign-on.ts';
import type { Platform } from '../../../platform/platform.ts';
import { fetchThrough } from './oidc-fetch.ts';

/** The provider's own description is read again after so long. */
const DESCRIPTION_MS_MAX = 3_600_000;

export interface Provider {
  readonly issuer: string;
  readonly isSecondFactor: boolean;
  /** The provider as it describes itself; remembered for an hour. Throws when it can't be reached or contradicts itself. */
  configuration(): Promise<Configuration>;
}

/** The provider the operator named; undefined where none is. Nothing is asked before somebody signs on. */
export function createProvider(deps: Pick<Platform, 'config' | 'egress' | 'clock'>): Provider | undefined {
  const { signOn } = deps.config;
  if (!signOn) return undefined;
  let kept: { configuration: Promise<Configuration>; readMs: number } | undefined;
  return {
    issuer: signOn.issuer,
    isSecondFactor: signOn.isSecondFactor,
    configuration: () => {
      const nowMs = deps.clock.monotonicMs();
      if (kept && nowMs - kept.readMs < DESCRIPTION_MS_MAX) return kept.configuration;
      const reading = { configuration: describe(deps, signOn), readMs: nowMs };
      kept = reading;
      // What failed is not remembered: the next person asks again.
      reading.configuration.catch(() => {
        if (kept === reading) kept = undefined;
      });
      return reading.configuration;
    },
  };
}

/** The library refuses a description of another issuer than the one asked for. */
async function describe(deps: Pick<Platform, 'config' | 'egress'>, signOn: SignOnProvider): Promise<Configuration> {
  const isInsecureAllowed = signOn.issuer.startsWith('http:') && deps.config.allowPrivateEndpoints;
  const configuration = await discovery(new URL(signOn.issuer), signOn.clientId, undefined, authOf(signOn), {
    [customFetch]: fetchThrough(deps.egress),
    // The id token's signature is checked too: the specification would let it go by, as it came straight from the provider.
    execute: [enableNonRepudiationChecks, ...(isInsecureAllowed ? [allowInsecureRequests] : [])],
  });
  const endpoint = configuration.serverMetadata().authorization_endpoint;
  if (endpoint === undefined || !isPage(endpoint, isInsecureAllowed))
    throw new Error('the sign-on provider names no page of its own to sign in on');
  return configuration;
}

/** The browser is sent there: only where a browser goes, never to `javascript:`. */
export function isPage(url: string, isInsecureAllowed: boolean): boolean {
  const protocol = URL.parse(url)?.protocol;
  return protocol === 'https:' || (isInsecureAllowed && protocol === 'http:');
}

/** The way of the specification, in the header, unless the provider says that it takes the other one only. */
function authOf({ clientSecret }: SignOnProvider): ClientAuth {
  if (!clientSecret) return None();
  const inHeader = ClientSecretBasic(clientSecret.reveal());
  const inBody = ClientSecretPost(clientSecret.reveal());
  return (server, client, body, headers) => {
    const taken = server.token_endpoint_auth_methods_supported ?? ['client_secret_basic'];
    const auth = !taken.includes('client_secret_basic') && taken.includes('client_secret_post') ? inBody : inHeader;
    return auth(server, client, body, headers);
  };
}
