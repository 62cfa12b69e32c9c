import type pg from 'pg';
import { type ConfigurationDraft, createBiller } from '../features/billers/index.ts';
import { createCredential, createStaffUser } from '../features/identities/index.ts';
import { createWindow } from '../features/maintenance/index.ts';
import type { FeatureDeps } from '../introduce.ts';
import { openWorkItem } from '../platform/work-items.ts';
import { TEST_START } from '../testing/platform.ts';

const BY = { kind: 'program', name: 'test' } as const;

/** What names one of everything a biller has; the mark is in all its texts, so that a leak is seen wherever it comes out. */
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
  readonly sessionId: string;
  readonly windowId: number;
}

type Names = Pick<TenantRows, 'bid' | 'mark' | 'accountNumber' | 'invoiceNumber' | 'fileId' | 'publicId'>;
type Id = Record<string, number>;

/** A biller with one of everything it can have. */
export async function addTenant(
  deps: FeatureDeps,
  owner: pg.Client,
  from: { bid: number; configuration: Partial<ConfigurationDraft> },
): Promise<TenantRows> {
  const { bid } = from;
  const mark = `mark${bid}mark`;
  const slug = `slug-${mark}`;
  await createBiller(deps, { bid, name: `Biller ${mark}`, slug, configuration: from.configuration, by: BY });
  const accountNumber = `${mark}-A1`;
  const names: Names = {
    bid,
    mark,
    accountNumber,
    invoiceNumber: `${accountNumber}-2026-12-20`,
    fileId: deps.random.uuid(),
    publicId: `pub_${mark}_${deps.random.uuid()}`,
  };
  await addBills(owner, names, deps.random.uuid());
  const ids = await addMoney(owner, names);
  const windowId = await addMaintenance(deps, names);
  return {
    ...names,
    slug,
    windowId,
    ...ids,
    ...(await addPeople(deps, owner, { ...names, deliveryId: ids.deliveryId })),
  };
}

/** A maintenance window years ahead: it closes nothing a test opens. */
async function addMaintenance(deps: FeatureDeps, { bid, mark }: Names): Promise<number> {
  const draft = {
    description: `work on ${mark}`,
    message: { en: `closed for ${mark}`, es: `cerrado por ${mark}` },
    start: '2028-01-08T22:00',
    end: '2028-01-09T06:00',
    isActive: true,
    appliesToAll: true,
    pages: [],
    pausesDataPump: true,
  };
  const { window } = await createWindow(deps, { bid, draft, reason: mark, by: BY });
  return window.id;
}

async function addBills(owner: pg.Client, names: Names, formatGuid: string): Promise<void> {
  const { bid, mark, accountNumber, invoiceNumber, fileId } = names;
  await owner.query(
    `insert into account (bid, account_number, customer_name, zip, email) values ($1, $2, $3, '50265', $4)`,
    [bid, accountNumber, `JANE ${mark}`, `${mark}@example.com`],
  );
  await owner.query(
    `insert into invoice (bid, invoice_number, account_number, invoice_date, due_date, total_cents, balance_forward,
       invoice_type_id, format_guid, details, extras, derived, made_on, updated_at)
     values ($1, $2, $3, '2026-11-01', '2026-12-20', 12840, true, '1', $4, $5, '{}', '{}', '2026-11-01', $6)`,
    [bid, invoiceNumber, accountNumber, formatGuid, JSON.stringify([{ description: mark }]), TEST_START],
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
}

async function addMoney(owner: pg.Client, names: Names): Promise<{ paymentId: number; deliveryId: number }> {
  const { bid, mark, accountNumber, invoiceNumber, publicId } = names;
  const one = async (text: string, values: unknown[]) => (await owner.query<Id>(text, values)).rows[0] ?? {};
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
  return { paymentId: Number(payment.id), deliveryId: Number(delivery.id) };
}

async function addPeople(
  deps: FeatureDeps,
  owner: pg.Client,
  names: Names & { deliveryId: number },
): Promise<Pick<TenantRows, 'noticeId' | 'workItemId' | 'credentialId' | 'userId' | 'sessionId'>> {
  const { bid, mark, accountNumber } = names;
  const one = async (text: string, values: unknown[]) => (await owner.query<Id>(text, values)).rows[0] ?? {};
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
    openWorkItem(tx, {
      bid,
      kind: 'delivery-held',
      subject: `delivery/${names.deliveryId}`,
      sentence: `Held: ${mark}`,
    }),
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
  const session = await one(
    `insert into staff_session (token_hash, user_id, csrf_token, created_at, last_seen_at, proven_at, expires_at, address, user_agent)
     values ($1, $2, 'x', $3, $3, $3, $3::timestamptz + interval '12 hours', $4, $4) returning id`,
    [Buffer.alloc(32, bid % 251), user.userId, TEST_START, mark],
  );
  return {
    noticeId: Number(notice.id),
    workItemId: Number(item.id),
    credentialId: credential.id,
    userId: user.userId,
    sessionId: String(session.id),
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
