import { isIP } from 'node:net';

/** For whom passkeys are made and asked: the browser keeps them by this name, and signs the origin. */
export type RelyingParty =
  | { readonly isThere: true; readonly id: string; readonly origin: string }
  /** A sentence for whoever looks for the button. */
  | { readonly isThere: false; readonly why: string };

/**
 * The relying party of the address people open (CAUSEWAY_PUBLIC_URL). Browsers make passkeys for a name over https, or for
 * `localhost`, never for a number: an installation on this machine alone, which is told as 127.0.0.1, is also known as
 * localhost, and whoever opens it so (`origin` of the request) can use them.
 */
export function relyingPartyOf(publicUrl: string, origin: string | undefined): RelyingParty {
  const own = new URL(publicUrl);
  const host = own.hostname.replace(/^\[|\]$/g, '');
  if (isLoopback(host)) {
    const asLocalhost = `${own.protocol}//localhost${own.port ? `:${own.port}` : ''}`;
    if (origin === asLocalhost) return { isThere: true, id: 'localhost', origin: asLocalhost };
    if (host === 'localhost' && origin === undefined) return { isThere: true, id: 'localhost', origin: asLocalhost };
    return {
      isThere: false,
      why: `Passkeys work with a name, not with a number: open this page as ${asLocalhost}/staff/ to use them.`,
    };
  }
  if (isIP(host) !== 0)
    return {
      isThere: false,
      why: 'Passkeys need a name in the address, and this server is opened by a number. The operator can give it a name (CAUSEWAY_PUBLIC_URL).',
    };
  if (own.protocol !== 'https:')
    return {
      isThere: false,
      why: 'Passkeys need https, and this server is opened over http. The operator can change it (CAUSEWAY_PUBLIC_URL).',
    };
  if (origin !== undefined && origin !== own.origin)
    return {
      isThere: false,
      why: `Passkeys work where this server is at home: open ${own.origin}/staff/ to use them.`,
    };
  return { isThere: true, id: host, origin: own.origin };
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127\.\d+\.\d+\.\d+$/.test(host);
}
