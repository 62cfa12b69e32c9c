import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { type ConfigurationDraft, createBiller } from '../features/billers/index.ts';
import { createCredential, createStaffUser } from '../features/identities/index.ts';
import { tokenHashOf } from '../features/identities/session-limits.ts';
import type { FeatureDeps } from '../introduce.ts';
import { SCOPES } from '../platform/access.ts';
import { openWorkItem } from '../platform/work-items.ts';
import { withTestApp } from '../testing/app.ts';
import { TEST_START, type withTestPlatform } from '../testing/platform.ts';

const BY = { kind: 'program', name: 'test' } as const;

/** What names one of everything a biller has; the marks are in all its texts, so that a leak is seen wherever it comes out. */
export interface TenantRows {
  readonly bid: number;
  readonly mark: string;
  readonly slug: string;
  readonly accountNumber: string;
  readonly invoiceNumber: string;
  readonly fileId: string;
  readonly paymentId: number;
  readonly publicId: string;
  readonly deliveryId: number;
  readonly noticeId: number;
  readonly workItemId: number;
  readonly credentialId: string;
  readonly userId: string;
}

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

async function addTenant(
  deps: FeatureDeps,
  owner: pg.Client,
  from: { bid: number; configuration: Partial<ConfigurationDraft> },
): Promise<TenantRows> {
  const { bid } = from;
  const mark = `mark${bid}mark`;
  const slug = `slug-${mark}`;
  await createBiller(deps, { bid, name: `Biller ${mark}`, slug, configuration: from.configuration, by: BY });
  const accountNumber = `${mark}-A1`;
  const invoiceNumber = `${accountNumber}-2026-12-20`;
  const fileId = randomUUID();
  const publicId = `pub_${mark}_${randomUUID()}`;
  const one = async (text: string, values: unknown[]) =>
    (await owner.query<Record<string, number>>(text, values)).rows[0] ?? {};
  await owner.query(
    `insert into account (bid, account_number, customer_name, zip, email) values ($1, $2, $3, '50265', $4)`,
    [bid, accountNumber, `JANE ${mark}`, `${mark}@example.com`],
  );
  await owner.query(
    `insert into invoice (bid, invoice_number, account_number, invoice_date, due_date, total_cents, balance_forward,
       invoice_type_id, format_guid, details, extras, derived, made_on, updated_at)
     values ($1, $2, $3, '2026-11-01', '2026-12-20', 12840, true, '1', $4, $5, '{}', '{}', '2026-11-01', $6)`,
    [bid, invoiceNumber, accountNumber, randomUUID(), JSON.stringify([{ description: mark }]), TEST_START],
  );
  await owner.query(
    `insert into invoice_file (bid, id, name, sha256, size_bytes, way, state, received_by, received_at, finished_at)
     values ($1, $2, $3, $4, 10, 'upload', 'refused', $5, $6, $6)`,
    [bid, fileId, `${mark}.bif`, Buffer.alloc(32, bid % 251), mark, TEST_START],
  );
  await owner.query(
    `insert into invoice_file_fault (bid, file_id, n, line, field, value, code, message, scope)
     values ($1, $2, 1, 3, 'CustomerName', $3, 'file-encoding', $4, 'invoice')`,
    [bid, fileId, `=cmd|'/c ${mark}'!A0`, `+${mark}`],
  );
  await owner.query(
    `insert into balance (bid, account_number, current_due_cents, as_of, attributes) values ($1, $2, 12840, $3, $4)`,
    [bid, accountNumber, TEST_START, JSON.stringify({ told: mark })],
  );
  await owner.query(
    `insert into balance_refresh (bid, account_number, at, cause, outcome, took_ms, current_due_cents, detail)
     values ($1, $2, $3, 'view', 'fresh', 5, 12840, '{}')`,
    [bid, accountNumber, TEST_START],
  );
  const payment = await one(
    `insert into payment (bid, account_number, invoice_type_id, invoice_numbers, method, amount_cents, fee_cents, source,
       status, idempotency_key, request_hash, public_id, locale, processor, payer, balance_seen_cents, created_at, taken_at)
     values ($1, $2, '1', $3, 'CC', 5000, 0, 'Virtual Site', 'approved', $4, '\\x00', $5, 'en', 'sandbox', $6, 5000, $7, $7)
     returning payment_id as id`,
    [bid, accountNumber, [invoiceNumber], `key-${mark}`, publicId, payerOf(mark), TEST_START],
  );
  await owner.query(
    `insert into payment_event (bid, payment_id, seq, kind, at, told_by, detail) values ($1, $2, 1, 'approved', $3, 'processor', '{}')`,
    [bid, payment.id, TEST_START],
  );
  await owner.query(
    `insert into lane (bid, id, family, environment, wanted, done, paused_at, paused_by, paused_reason)
     values ($1, $2, 'payments', 1, 1, 1, $3, $4, 'a test')`,
    [bid, `${bid}/payments/1`, TEST_START, mark],
  );
  const delivery = await one(
    `insert into delivery (bid, lane_id, kind, account_number, payment_id, transaction_id, destination, payload,
       amount_cents, state, reason, held_kind, created_at)
     values ($1, $2, 'payment', $3, $4, $5, $6, $7, 5000, 'held', $8, 'rejected', $9) returning id`,
    [
      bid,
      `${bid}/payments/1`,
      accountNumber,
      payment.id,
      `${bid}${payment.id}`,
      JSON.stringify(destinationOf(mark)),
      JSON.stringify({ kind: 'payment', posting: { accountNumber, customerName: mark, amountCents: 5000 } }),
      `held for ${mark}`,
      TEST_START,
    ],
  );
  await owner.query(
    `insert into delivery_attempt (bid, delivery_id, n, intent_at, deadline_at, payload_hash, permit, possibly_applied, class, http_status, finished_at)
     values ($1, $2, 1, $3, $3, '\\x00', 'first', false, 'REJECTED', 422, $3)`,
    [bid, delivery.id, TEST_START],
  );
  const notice = await one(
    `insert into notice (bid, kind, account_number, to_address, locale, subject, body_text, body_html, state, next_at, created_at)
     values ($1, 'receipt', $2, $3, 'en', $4, $4, $4, 'failed', $5, $5) returning id`,
    [bid, accountNumber, `${mark}@example.com`, `Receipt ${mark}`, TEST_START],
  );
  await owner.query(
    `insert into reconciliation (bid, day, run_at, taken_cents, posted_cents, waiting_cents, unknown_cents, not_sent_cents,
       reversed_cents, gap_cents, detail) values ($1, '2026-11-16', $2, 1, 1, 0, 0, 0, 0, 0, '{"gaps":[]}')`,
    [bid, TEST_START],
  );
  await deps.database.withBiller(bid, (tx) =>
    openWorkItem(tx, { bid, kind: 'delivery-held', subject: `delivery/${delivery.id}`, sentence: `Held: ${mark}` }),
  );
  const item = await one('select id from work_item where bid = $1', [bid]);
  const credential = await createCredential(deps, { bid, name: mark, scopes: ['payments:read'], by: BY });
  const user = await createStaffUser(deps, {
    email: `${mark}@biller.example`,
    name: `Staff ${mark}`,
    roles: ['biller admin'],
    bid,
    by: BY,
  });
  return {
    bid,
    mark,
    slug,
    accountNumber,
    invoiceNumber,
    fileId,
    publicId,
    paymentId: Number(payment.id),
    deliveryId: Number(delivery.id),
    noticeId: Number(notice.id),
    workItemId: Number(item.id),
    credentialId: credential.id,
    userId: user.userId,
  };
}

const payerOf = (mark: string) =>
  JSON.stringify({ name: mark, address1: '', address2: '', city: '', state: '', zip: '', phone: '', email: '' });

const destinationOf = (mark: string) => ({
  partner: 'IMT Computer Services',
  environment: 1,
  operation: 'payment',
  url: `https://${mark}.example/api/`,
  authUrl: null,
  username: mark,
  settingsVersion: 1,
});

/** A staff session put straight into the database, for the states that no sign-in leads to. */
export async function addSession(
  owner: pg.Client,
  from: { bid: number | null; roles: readonly string[]; isEnded?: boolean; isDisabled?: boolean; isOver?: boolean },
): Promise<{ cookie: string; 'x-csrf-token': string }> {
  const token = `session-${randomUUID()}`;
  const csrf = randomUUID();
  const userId = randomUUID();
  const at = from.isOver ? '2026-11-18T01:00:00Z' : TEST_START;
  await owner.query(
    `insert into staff_user (id, email, name, password_hash, roles, bid, disabled_at, created_at)
     values ($1, $2, 'Probe', 'none', $3, $4, $5, $6)`,
    [userId, `${userId}@probe.example`, [...from.roles], from.bid, from.isDisabled ? TEST_START : null, TEST_START],
  );
  await owner.query(
    `insert into staff_session (token_hash, user_id, csrf_token, created_at, last_seen_at, expires_at, ended_at)
     values ($1, $2, $3, $4, $4, $4::timestamptz + interval '12 hours', $5)`,
    [tokenHashOf(token), userId, csrf, at, from.isEnded ? at : null],
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
