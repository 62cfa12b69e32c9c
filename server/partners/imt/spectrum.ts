import type { Partner, PartnerConnection } from '../../features/billers/partner.ts';
import { Secret } from '../../platform/secrets.ts';
import { cookiesOfLogin } from './cookies.ts';
import { createImtPartner, type ImtParts } from './partner.ts';
import type { Answered, SignIn } from './sign-in.ts';
import { isObject, joinUrl, openDocument, pathPart } from './wire.ts';

/** A bearer token is one word of visible ASCII (RFC 6750 §2.1); one that is longer would not fit a request's head. */
const TOKEN_FORM = /^[\x21-\x7e]{1,4096}$/;

/**
 * IMT Spectrum (assumption A1): balances and payments as at MIPS/APPS, under one base address that signs in as well, with
 * a private key beside the password. No paperless, no AutoPay, no remote PDF, one environment.
 */
export function createSpectrum(parts: ImtParts): Partner {
  return createImtPartner(parts, {
    name: 'IMT Spectrum',
    abilities: {
      operations: ['balance', 'payment'],
      hasSeparateSignIn: false,
      hasEnvironments: false,
      hasPrivateKey: true,
      sendsSingleInvoices: false,
    },
    signIn,
  });
}

const signIn: SignIn = {
  authUrl,
  openRequest: (connection) => ({
    url: authUrl(connection),
    body: JSON.stringify({
      data: {
        id: connection.username,
        type: 'sessions',
        attributes: {
          username: connection.username,
          password: connection.credentials.password(),
          private_key: connection.credentials.privateKey() ?? '',
        },
      },
    }),
  }),
  closeUrl: (connection) => joinUrl(authUrl(connection), pathPart(connection.username) ?? ''),
  readSession(answer, nowMs) {
    const cookies = cookiesOfLogin(answer.setCookies, nowMs);
    const token = tokenOf(answer);
    if (token !== undefined && !TOKEN_FORM.test(token)) return { ok: false, why: 'its token is none' };
    if (token === undefined) {
      if (cookies.ok) return { ok: true, headers: { cookie: cookies.header }, secrets: cookies.values };
      return answer.setCookies.length > 0 ? cookies : { ok: false, why: 'it gave neither a token nor a cookie' };
    }
    // Both where both came: a token may be good only at the node that a cookie leads to.
    return {
      ok: true,
      headers: { authorization: new Secret(`Bearer ${token}`), ...(cookies.ok && { cookie: cookies.header }) },
      secrets: [token, ...(cookies.ok ? cookies.values : [])],
    };
  },
};

/** Base and sign-in are one address, so settings 8 and 11 lead to the same session. */
function authUrl(connection: PartnerConnection): string {
  return joinUrl(connection.url, 'sessions/');
}

/** `data.attributes.token`, where the answer is a document that has one. With a cookie the body may be anything. */
function tokenOf(answer: Answered): string | undefined {
  const opened = openDocument(answer);
  const data = opened.ok && isObject(opened.document.data) ? opened.document.data : undefined;
  const attributes = isObject(data?.attributes) ? data.attributes : undefined;
  return typeof attributes?.token === 'string' && attributes.token !== '' ? attributes.token : undefined;
}
