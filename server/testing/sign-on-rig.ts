import { STAFF_MAIL_QUEUE } from '../features/identities/index.ts';
import type { App } from '../platform/http.ts';
import { withTestPlatform } from './platform.ts';
import { CLIENT_ID, CLIENT_SECRET, startSignOnProvider } from './sign-on-provider.ts';
import { withBillersApp } from './staff.ts';

export const PUBLIC_URL = 'http://127.0.0.1:8080';
export const CALLBACK = `${PUBLIC_URL}/api/v1/session/oidc/callback`;

/** The environment of an installation whose staff sign on there. */
export const environmentFor = (issuer: string) => ({
  CAUSEWAY_PUBLIC_URL: PUBLIC_URL,
  CAUSEWAY_OIDC_ISSUER: issuer,
  CAUSEWAY_OIDC_CLIENT_ID: CLIENT_ID,
  CAUSEWAY_OIDC_CLIENT_SECRET: CLIENT_SECRET,
  CAUSEWAY_OIDC_LABEL: 'Example ID',
});

/** What a browser remembers between pages. */
export interface Browser {
  readonly cookies: Map<string, string>;
}
export const newBrowser = (): Browser => ({ cookies: new Map() });

/** Opens a page of ours as that browser, which keeps the cookies it is given. */
export async function visitAs(app: App, browser: Browser, url: string) {
  const cookie = [...browser.cookies].map((pair) => pair.join('=')).join('; ');
  const answer = await app.inject({ url: url.replace(PUBLIC_URL, ''), headers: { cookie } });
  for (const line of [answer.headers['set-cookie'] ?? []].flat()) {
    const [name = '', value = ''] = (String(line).split(';')[0] ?? '').split('=');
    if (value) browser.cookies.set(name, value);
    else browser.cookies.delete(name);
  }
  return answer;
}

/** An installation whose staff may sign on through a real provider. */
export async function withSignOn() {
  const provider = await startSignOnProvider({
    redirectUri: () => CALLBACK,
    signedOutUri: `${PUBLIC_URL}/staff/signed-out`,
  });
  const opened = await withTestPlatform({ queues: [STAFF_MAIL_QUEUE], environment: environmentFor(provider.issuer) });
  const made = await withBillersApp(opened.platform);
  return {
    provider,
    opened,
    made,
    close: async () => {
      await made.app.close();
      await made.billers.close();
      await opened.close();
      await provider.close();
    },
  };
}
