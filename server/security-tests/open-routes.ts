/** Open to everybody on purpose; each has its own proof of who asks (password, token, code, key, signature). */
export const OPEN_ROUTES: ReadonlySet<string> = new Set([
  'POST /api/v1/session',
  'POST /api/v1/session/passkey',
  'POST /api/v1/session/passkey/options',
  'GET /api/v1/session/ways',
  'GET /api/v1/session/second-step',
  'POST /api/v1/session/second-step',
  'POST /api/v1/session/second-step/passkey-options',
  'GET /api/v1/session/oidc/start',
  'GET /api/v1/session/oidc/sign-out',
  'GET /api/v1/session/oidc/callback',
  'POST /api/v1/invitations/accept',
  'POST /api/v1/password-resets',
  'POST /api/v1/password-resets/use',
  'POST /api/v1/processor-events/:processor',
]);

const SELF = /^\/api\/v1\/(session|sessions|own-security)(\/|$)/;

/** About the signed-in person alone, whoever that is; no biller and no other person can be named in them. */
export const isSelfRoute = (path: string): boolean => SELF.test(path);

/** Reckon with what was sent alone and read nothing: whoever has the right gets an answer, wherever they work. */
export const RECKONING_ROUTES: ReadonlySet<string> = new Set(['POST /api/v1/ssh-public-keys/describe']);
