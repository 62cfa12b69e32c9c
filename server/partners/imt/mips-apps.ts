import type { Partner, PartnerConnection } from '../../features/billers/partner.ts';
import { cookiesOfLogin } from './cookies.ts';
import { createImtPartner, type ImtParts } from './partner.ts';
import type { SignIn } from './sign-in.ts';
import { joinUrl, pathPart } from './wire.ts';

/** IMT MIPS/APPS: JSON:API with a sign-in endpoint of its own (setting 88), sessions by cookie, two environments. */
export function createMipsApps(parts: ImtParts): Partner {
  return createImtPartner(parts, {
    name: 'IMT Computer Services',
    abilities: {
      operations: ['balance', 'payment', 'paperless', 'autopay', 'pdf'],
      hasSeparateSignIn: true,
      hasEnvironments: true,
      hasPrivateKey: false,
      sendsSingleInvoices: true,
    },
    signIn,
  });
}

const signIn: SignIn = {
  authUrl,
  openRequest: (connection) => ({
    url: joinUrl(authUrl(connection), ''),
    body: JSON.stringify({
      data: {
        id: connection.username,
        type: 'sessions',
        attributes: { username: connection.username, password: connection.credentials.password() },
      },
    }),
  }),
  closeUrl: (connection) => joinUrl(authUrl(connection), pathPart(connection.username) ?? ''),
  readSession(answer, nowMs) {
    const cookies = cookiesOfLogin(answer.setCookies, nowMs);
    return cookies.ok ? { ok: true, headers: { cookie: cookies.header }, secrets: cookies.values } : cookies;
  },
};

/** Without setting 88 there is nowhere to sign in: the guard of outbound requests then refuses the empty address. */
function authUrl(connection: PartnerConnection): string {
  return connection.authUrl ?? '';
}
