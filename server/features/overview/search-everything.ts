import { type RawBuilder, sql } from 'kysely';
import type { Permission } from '../../platform/access.ts';
import type { Tx } from '../../platform/database.ts';
import type { SearchHit } from './contract.ts';

/** What one kind may add to an answer: the palette shows a screenful. */
const EACH_MAX = 6;
const ANSWER_MAX = 30;

interface Wanted {
  /** As typed, without what people paste around it. */
  readonly text: string;
  /** Escaped for `like`, with the open end. */
  readonly start: string;
  readonly number: number | undefined;
  readonly uuid: string | undefined;
}

interface Row {
  readonly bid: number;
  readonly id: string;
  readonly title: string;
  readonly detail: string;
  readonly exact: boolean;
}

interface Source {
  readonly kind: SearchHit['kind'];
  readonly needs: Permission;
  readonly find: (wanted: Wanted) => RawBuilder<Row> | undefined;
}

/**
 * Finds a biller, account, invoice, payment, delivery or file by anything pasted: a number, a name, a reference.
 * Each statement walks the billers and probes an index of theirs; only what the reader may see is looked for.
 */
export async function searchEverything(
  tx: Tx,
  from: { q: string; permissions: ReadonlySet<Permission> },
): Promise<SearchHit[]> {
  const wanted = readWanted(from.q);
  if (wanted.text === '') return [];
  const hits: SearchHit[] = [];
  for (const source of SOURCES) {
    if (!from.permissions.has(source.needs)) continue;
    const statement = source.find(wanted);
    if (!statement) continue;
    const { rows } = await statement.execute(tx);
    hits.push(
      ...rows.map(({ bid, id, title, detail, exact }) => ({
        kind: source.kind,
        bid,
        id,
        title,
        detail,
        isExact: exact,
      })),
    );
  }
  return hits.toSorted((a, b) => Number(b.isExact) - Number(a.isExact)).slice(0, ANSWER_MAX);
}

/** Takes away what comes along when people copy: quotes, #, “Payment ”, blanks around. */
export function readWanted(q: string): Wanted {
  const text = q
    .trim()
    .replace(/^(payment|delivery|invoice|account|policy|biller|bid)\b[\s:#]*/i, '')
    .replace(/^["'#“”]+|["'“”.,;]+$/g, '')
    .trim();
  const isNumber = /^\d{1,15}$/.test(text);
  const isUuid = /^[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}$/i.test(text);
  return {
    text,
    start: `${text.replace(/[\\%_]/g, (sign) => `\\${sign}`)}%`,
    number: isNumber ? Number(text) : undefined,
    uuid: isUuid ? text.toLowerCase() : undefined,
  };
}

const SOURCES: readonly Source[] = [
  { kind: 'biller', needs: 'billers:read', find: findBillers },
  { kind: 'account', needs: 'accounts:read', find: findAccounts },
  { kind: 'invoice', needs: 'invoices:read', find: findInvoices },
  { kind: 'payment', needs: 'payments:read', find: findPayments },
  { kind: 'delivery', needs: 'deliveries:read', find: findDeliveries },
  { kind: 'invoiceFile', needs: 'invoices:read', find: findFiles },
];

function findBillers({ text, start, number, uuid }: Wanted): RawBuilder<Row> {
  return sql<Row>`
    select bid, bid::text as id, name as title, 'Biller ' || bid || ' · /' || slug as detail,
      (bid = ${number ?? null}::bigint or slug = lower(${text}) or lower(name) = lower(${text})) is true as exact
    from biller
    where bid = ${number ?? null}::bigint or slug like lower(${start}) or name ilike ${`%${start}`}
      or guid = ${uuid ?? null}::uuid
    order by exact desc, name limit ${EACH_MAX}`;
}

function findAccounts({ text, start }: Wanted): RawBuilder<Row> {
  return sql<Row>`
    select b.bid, a.account_number as id, a.customer_name as title,
      'Account ' || a.account_number || ' · ' || b.name as detail,
      (a.account_number = ${text} or lower(a.email) = lower(${text})) is true as exact
    from biller b cross join lateral (
      (select account_number, customer_name, email from account
        where bid = b.bid and account_number like ${start} order by account_number limit ${EACH_MAX})
      union
      (select account_number, customer_name, email from account
        where bid = b.bid and lower(customer_name) like lower(${start}) limit ${EACH_MAX})
      union
      (select account_number, customer_name, email from account
        where bid = b.bid and ${text.includes('@')} and lower(email) = lower(${text}) limit ${EACH_MAX})
    ) a
    order by exact desc, a.customer_name limit ${EACH_MAX}`;
}

function findInvoices({ text, start }: Wanted): RawBuilder<Row> | undefined {
  if (!/^[\w-]{4,80}$/.test(text)) return undefined;
  return sql<Row>`
    select b.bid, i.invoice_number as id, 'Invoice ' || i.invoice_number as title,
      'Account ' || i.account_number || ' · due ' || i.due_date || ' · ' || b.name as detail,
      i.invoice_number = ${text} as exact
    from biller b cross join lateral (
      select invoice_number, account_number, due_date from invoice
      where bid = b.bid and invoice_number like ${start} order by invoice_number desc limit ${EACH_MAX}
    ) i
    order by exact desc, i.invoice_number desc limit ${EACH_MAX}`;
}

function findPayments({ text, number }: Wanted): RawBuilder<Row> | undefined {
  if (number === undefined && text.length < 6) return undefined;
  return sql<Row>`
    select p.bid, p.payment_id::text as id, 'Payment ' || p.payment_id as title,
      'Account ' || p.account_number || ' · ' || p.status || ' · ' || b.name as detail, true as exact
    from payment p join biller b on b.bid = p.bid
    where ${
      number === undefined
        ? sql`p.public_id = ${text} or p.processor_reference = ${text} or p.checkout_id = ${text}`
        : sql`p.payment_id = ${number} or p.processor_reference = ${text}`
    }
    order by p.payment_id desc limit ${EACH_MAX}`;
}

function findDeliveries({ text, number }: Wanted): RawBuilder<Row> {
  return sql<Row>`
    select d.bid, d.id::text as id, 'Delivery ' || d.id as title,
      d.kind || ' of account ' || d.account_number || ' · ' || d.state || ' · ' || b.name as detail,
      true as exact
    from biller b cross join lateral (
      (select bid, id, kind, account_number, state from delivery where bid = b.bid and id = ${number ?? null}::bigint)
      union
      (select bid, id, kind, account_number, state from delivery
        where bid = b.bid and transaction_id = ${text} limit ${EACH_MAX})
    ) d
    order by d.id desc limit ${EACH_MAX}`;
}

function findFiles({ text, start, uuid }: Wanted): RawBuilder<Row> | undefined {
  if (text.length < 3) return undefined;
  return sql<Row>`
    select f.bid, f.id::text as id, f.name as title,
      'Invoice file · ' || f.state || ' · ' || b.name as detail,
      (f.id = ${uuid ?? null}::uuid or f.name = ${text}) is true as exact
    from invoice_file f join biller b on b.bid = f.bid
    where f.id = ${uuid ?? null}::uuid or f.name ilike ${`%${start}`}
      or (${/^[0-9a-f]{64}$/i.test(text)} and encode(f.sha256, 'hex') = lower(${text}))
    order by exact desc, f.received_at desc limit ${EACH_MAX}`;
}
