import {
  type Billers,
  createBillers,
  type Partner,
  type Partners,
  registerBillersRoutes,
} from '../features/billers/index.ts';
import {
  acceptInvitation,
  createAuthenticate,
  createPasswords,
  createStaffUser,
  registerIdentitiesRoutes,
} from '../features/identities/index.ts';
import { type App, buildHttp } from '../platform/http.ts';
import type { Platform } from '../platform/platform.ts';

/** For a principal made by hand: as if it had just proven who it is, however far the test moves the clock. */
export const JUST_PROVEN = {
  sessionId: 'test',
  provenAt: Temporal.Instant.from('2100-01-01T00:00:00Z'),
  proofMethods: ['password'],
} as const;
export const TEST_PASSWORD = 'a long walk on the levee 7';

/** Headers of a signed-in member of staff, for `app.inject`. */
export interface StaffHeaders extends Record<string, string> {
  cookie: string;
  'x-csrf-token': string;
}

/** Makes a staff user of a role (with `bid` for a biller's own), sets the password by invitation and signs in. */
export async function signInAs(
  app: App,
  deps: Pick<Platform, 'database' | 'clock' | 'random' | 'publicUrl'>,
  from: { role: string; bid?: number; email?: string },
): Promise<StaffHeaders> {
  const email =
    from.email ??
    `${from.role.replaceAll(' ', '-')}-${deps.random.token(6).toLowerCase().replaceAll('_', 'x')}@example.com`;
  const { database, clock, random, publicUrl } = deps;
  // Without billers: a test of sign-in needs none that exists.
  const invitation = await createStaffUser(
    { database, clock, random, publicUrl },
    {
      email,
      name: from.role,
      roles: [from.role],
      bid: from.bid ?? null,
      by: { kind: 'program', name: 'test' },
    },
  );
  const token = invitation.link.split('#')[1] ?? '';
  await acceptInvitation({ ...deps, passwords: createPasswords(deps.random) }, { token, password: TEST_PASSWORD });
  return signIn(app, email, TEST_PASSWORD);
}

/** Signs in over HTTP. */
export async function signIn(app: App, email: string, password: string): Promise<StaffHeaders> {
  const answer = await app.inject({ method: 'POST', url: '/api/v1/session', payload: { email, password } });
  if (answer.statusCode !== 201) throw new Error(`sign-in answered ${answer.statusCode}: ${answer.body}`);
  return { cookie: String(answer.headers['set-cookie']).split(';')[0] ?? '', 'x-csrf-token': answer.json().csrfToken };
}

/** Proves again who a signed-in test user is; the session's token is a new one then. */
export async function proveAgain(app: App, headers: StaffHeaders, password = TEST_PASSWORD): Promise<StaffHeaders> {
  const answer = await app.inject({ method: 'POST', url: '/api/v1/session/prove', headers, payload: { password } });
  if (answer.statusCode !== 200) throw new Error(`the proof answered ${answer.statusCode}: ${answer.body}`);
  return { ...headers, cookie: String(answer.headers['set-cookie']).split(';')[0] ?? '' };
}

/** Billers and identities behind HTTP, with partners that can do what the test says and are never called. */
export async function withBillersApp(
  platform: Platform,
  partners: Partners = testPartners(),
): Promise<{ app: App; billers: Billers; deps: Platform & { partners: Partners; billers: Billers } }> {
  const billers = createBillers(platform, partners);
  await billers.listening();
  const deps = { ...platform, partners, billers };
  const app = await buildHttp({
    log: platform.log,
    database: platform.database,
    random: platform.random,
    clock: platform.clock,
    authenticate: createAuthenticate(platform),
    version: '0',
    isSecure: false,
  });
  registerIdentitiesRoutes(app, deps);
  registerBillersRoutes(app, deps);
  return { app, billers, deps };
}

/** Two partners with the abilities of the real ones; calling them is a fault of the test. */
export function testPartners(): Partners {
  const many: Partner['abilities'] = {
    operations: ['balance', 'payment', 'paperless', 'autopay', 'pdf'],
    hasSeparateSignIn: true,
    hasEnvironments: true,
    hasPrivateKey: false,
    sendsSingleInvoices: true,
  };
  const few: Partner['abilities'] = {
    operations: ['balance', 'payment'],
    hasSeparateSignIn: false,
    hasEnvironments: false,
    hasPrivateKey: true,
    sendsSingleInvoices: false,
  };
  return new Map(
    [partnerOf('Many Abilities', many), partnerOf('Few Abilities', few)].map((partner) => [partner.name, partner]),
  );
}

function partnerOf(name: string, abilities: Partner['abilities']): Partner {
  const never = () => Promise.reject(new Error(`${name} is not to be called in this test`));
  return {
    name,
    abilities,
    balance: never,
    postPayment: never,
    setPaperless: never,
    setAutoPay: never,
    billPdf: never,
    holdSession: never,
    close: async () => undefined,
    sessions: () => [],
  };
}
