import { generateKeyPairSync } from 'node:crypto';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { Provider } from 'oidc-provider';

/** A person at the provider: what it tells about them, changeable while it runs. */
export interface ProviderPerson {
  email: string;
  isVerified: boolean;
}

export interface RunningProvider {
  readonly issuer: string;
  readonly people: Map<string, ProviderPerson>;
  /** Takes what the provider is about to send, and may send something else; undefined leaves it. */
  meddle: ((path: string, body: string) => string | undefined) | undefined;
  close(): Promise<void>;
}

export const CLIENT_ID = 'causeway';
export const CLIENT_SECRET = 'a secret of forty characters, for the test';

/**
 * A real OpenID Connect provider (oidc-provider) on a loopback port, with its own pages to sign in on: any
 * password is right there.
 */
export async function startSignOnProvider(from: {
  redirectUri: (issuer: string) => string;
  signedOutUri?: string;
  clientSecret?: string;
  port?: number;
}): Promise<RunningProvider> {
  const server = http.createServer();
  await new Promise<void>((resolve) => server.listen(from.port ?? 0, '127.0.0.1', resolve));
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const running: RunningProvider = {
    issuer,
    people: new Map(),
    meddle: undefined,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
  const provider = new Provider(issuer, {
    clients: [
      {
        client_id: CLIENT_ID,
        client_secret: from.clientSecret ?? CLIENT_SECRET,
        redirect_uris: [from.redirectUri(issuer)],
        ...(from.signedOutUri !== undefined && { post_logout_redirect_uris: [from.signedOutUri] }),
        token_endpoint_auth_method: 'client_secret_basic',
      },
    ],
    claims: { openid: ['sub'], email: ['email', 'email_verified'], profile: ['name'] },
    pkce: { required: () => true },
    jwks: { keys: [{ ...privateKey.export({ format: 'jwk' }), kid: 'test', use: 'sig', alg: 'RS256' }] },
    cookies: { keys: ['a key of the test'] },
    features: { devInteractions: { enabled: true } },
    findAccount: (_context: unknown, id: string) => ({
      accountId: id,
      claims: () => {
        const person = running.people.get(id);
        return { sub: id, email: person?.email, email_verified: person?.isVerified };
      },
    }),
  });
  server.on('request', meddling(running, provider.callback()));
  return running;
}

/** Lets a test change what the provider answers: an honest provider can't be made to lie otherwise. */
function meddling(running: RunningProvider, answer: http.RequestListener): http.RequestListener {
  return (request, response) => {
    const { meddle } = running;
    if (meddle) {
      const end = response.end.bind(response);
      response.end = ((chunk?: unknown) => {
        const body = chunk === undefined ? '' : Buffer.isBuffer(chunk) ? chunk.toString('utf8') : String(chunk);
        const changed = meddle(request.url ?? '', body);
        if (changed === undefined) return end(body);
        response.removeHeader('content-length');
        return end(changed);
      }) as never;
    }
    answer(request, response);
  };
}

const STEPS_MAX = 12;

/** Does on the provider's pages what a person does: names themselves, and agrees. Answers where they are sent back to. */
export async function signOnThere(url: string, login: string): Promise<string> {
  const cookies = new Map<string, string>();
  const home = new URL(url).origin;
  let next: { url: string; form?: Record<string, string> } = { url };
  for (let step = 0; step < STEPS_MAX; step += 1) {
    const answer = await fetch(next.url, {
      redirect: 'manual',
      headers: { cookie: [...cookies].map((pair) => pair.join('=')).join('; ') },
      ...(next.form && { method: 'POST', body: new URLSearchParams(next.form) }),
    });
    for (const line of answer.headers.getSetCookie()) {
      const [name = '', value = ''] = (line.split(';')[0] ?? '').split('=');
      cookies.set(name, value);
    }
    const body = await answer.text();
    const location = answer.headers.get('location');
    if (location) {
      const to = new URL(location, next.url);
      if (to.origin !== home) return to.href;
      next = { url: to.href };
      continue;
    }
    const action = /<form[^>]*action="([^"]+)"/.exec(body)?.[1];
    const prompt = /name="prompt" value="(\w+)"/.exec(body)?.[1];
    if (!action || !prompt) throw new Error(`the provider answered ${answer.status}: ${body.slice(0, 500)}`);
    next = { url: new URL(action, next.url).href, form: { prompt, login, password: 'any' } };
  }
  throw new Error('the provider led nowhere');
}
