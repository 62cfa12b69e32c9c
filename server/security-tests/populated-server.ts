import pg from 'pg';
import type { ConfigurationDraft } from '../features/billers/index.ts';
import { createCredential } from '../features/identities/index.ts';
import { tokenHashOf } from '../features/identities/sessions/session-limits.ts';
import type { FeatureDeps } from '../introduce.ts';
import { SCOPES } from '../platform/access.ts';
import { systemRandom } from '../platform/random.ts';
import { withTestApp } from '../testing/app.ts';
import { TEST_START, type withTestPlatform } from '../testing/platform.ts';
import { addTenant } from './add-tenant.ts';

/** A hash of the right form that no password has. */
const NOBODYS_HASH = `$argon2id$v=19$m=19456,t=2,p=1$${'A'.repeat(22)}$${'A'.repeat(43)}`;
const BY = { kind: 'program', name: 'test' } as const;

type From = NonNullable<Parameters<typeof withTestPlatform>[0]>;

/** The whole server over a database of its own, and the owner's connection to look at it from outside. */
export async function withPopulatedServer(from: From = {}) {
  const opened = await withTestApp(from);
  const owner = new pg.Client({ connectionString: opened.deps.database.url });
  await owner.connect();
  return {
    ...opened,
    owner,
    addTenant: (bid: number, configuration: Partial<ConfigurationDraft> = {}) =>
      addTenant(opened.deps, owner, { bid, configuration }),
    close: async () => {
      await owner.end();
      await opened.close();
    },
  };
}

/** A staff session put straight into the database, for the states that no sign-in leads to. */
export async function addSession(
  owner: pg.Client,
  from: {
    bid: number | null;
    roles: readonly string[];
    isEnded?: boolean;
    isDisabled?: boolean;
    isOver?: boolean;
    provenMinutesAgo?: number;
  },
): Promise<{ cookie: string; 'x-csrf-token': string }> {
  const token = `session-${systemRandom.token()}`;
  const csrf = systemRandom.token();
  const userId = systemRandom.uuid();
  const at = from.isOver ? '2026-11-18T01:00:00Z' : TEST_START;
  await owner.query(
    `insert into staff_user (id, email, name, password_hash, roles, bid, disabled_at, created_at)
     values ($1, $2, 'Probe', $7, $3, $4, $5, $6)`,
    [
      userId,
      `${userId}@probe.example`,
      [...from.roles],
      from.bid,
      from.isDisabled ? TEST_START : null,
      TEST_START,
      NOBODYS_HASH,
    ],
  );
  await owner.query(
    `insert into staff_session (token_hash, user_id, csrf_token, created_at, last_seen_at, proven_at, expires_at, ended_at)
     values ($1, $2, $3, $4, $4, $4::timestamptz - make_interval(mins => $6), $4::timestamptz + interval '12 hours', $5)`,
    [tokenHashOf(token), userId, csrf, at, from.isEnded ? at : null, from.provenMinutesAgo ?? 0],
  );
  return { cookie: `causeway_session=${token}`, 'x-csrf-token': csrf };
}

/** A bearer credential with exactly these scopes, none included. */
export async function addCredential(
  deps: FeatureDeps,
  owner: pg.Client,
  from: { bid: number; scopes?: readonly string[]; isRevoked?: boolean },
): Promise<{ authorization: string }> {
  const made = await createCredential(deps, { bid: from.bid, name: 'probe', scopes: SCOPES, by: BY });
  await owner.query('update api_credential set scopes = $2, revoked_at = $3 where id = $1', [
    made.id,
    [...(from.scopes ?? SCOPES)],
    from.isRevoked ? TEST_START : null,
  ]);
  return { authorization: `Bearer ${made.token}` };
}

/** A digest of every table but the named ones: equal before and after means that nothing was changed. */
export async function digestOfTables(
  owner: pg.Client,
  without: readonly string[] = [],
): Promise<Record<string, string>> {
  const tables = await owner.query<{ name: string }>(
    `select c.relname as name from pg_class c join pg_namespace n on n.oid = c.relnamespace
     where n.nspname = 'public' and c.relkind = 'r' order by 1`,
  );
  const digests: Record<string, string> = {};
  for (const { name } of tables.rows) {
    if (without.includes(name)) continue;
    const found = await owner.query<{ digest: string }>(
      `select count(*) || ' ' || md5(coalesce(string_agg(t::text, '|' order by t::text), '')) as digest from "${name}" t`,
    );
    digests[name] = found.rows[0]?.digest ?? '';
  }
  return digests;
}
