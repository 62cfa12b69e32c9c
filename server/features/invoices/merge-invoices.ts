import type { BifLayout } from '@causeway/formats/bif';
import pg from 'pg';
import type { ColumnKey, Derivation } from './derive-fields.ts';

/** Sends one statement in the transaction of the import; `count` is how many rows it touched. */
export type Run = <Row>(text: string) => Promise<{ rows: Row[]; count: number }>;

/** What is merged: where its rows are, and what they date from. */
export interface MergePlan {
  readonly bid: number;
  /** A FROM item with the columns of `sourceOf`. */
  readonly source: string;
  readonly fileId: string | null;
  /** The day the content dates from; `yyyy-mm-dd`. */
  readonly madeOn: string;
  /** False where a file made later is already loaded: then accounts are looked at one by one (F65). */
  readonly isCurrent: boolean;
  readonly now: Temporal.Instant;
  readonly layout: BifLayout;
}

export interface MergeCounts {
  readonly created: number;
  readonly replaced: number;
  /** Would have replaced, but what is stored was made later. */
  readonly kept: number;
  readonly unchanged: number;
}

/**
 * From this many rows on a merge reads the tables by hash joins. Right after a load the planner knows nothing of the new
 * rows, takes them for a few, and looks each up in a loop: hours instead of seconds. Fewer rows are looked up by key.
 */
const HASHED_ROWS_MIN = 5_000;
const lockClass = 7_281_002;
const literal = pg.escapeLiteral;

/** The columns that make an invoice another one; `derived` follows from them and the biller's rules. */
const contentColumns = [
  'invoice_date',
  'due_date',
  'total_cents',
  'balance_forward',
  'invoice_type_id',
  'format_guid',
  'details',
  'extras',
];
const accountFacts: readonly (readonly [field: string, key: string, column: string])[] = [
  ['Address1', 'address1', 'address_1'],
  ['Address2', 'address2', 'address_2'],
  ['City', 'city', 'city'],
  ['State', 'state', 'state'],
  ['Zip', 'zip', 'zip'],
  ['Phone', 'phone', 'phone'],
  ['EmailAddress', 'emailAddress', 'email'],
];

/** One merge at a time for each biller, until the transaction ends: files and UploadInvoice wait for each other here. */
export async function lockBillerInvoices(run: Run, bid: number): Promise<void> {
  await run(`select pg_advisory_xact_lock(${lockClass}, hashint8(${bid}))`);
}

/**
 * Writes the staged invoices: accounts first, the last row of an account winning; then invoices, each that changed with
 * its earlier version kept; then which older invoices are carried forward. Rows that say what is stored already are not
 * touched, so that a file sent again writes nothing; one made later notes that it said so, for what is made in between
 * may come after it. The caller holds `lockBillerInvoices`.
 */
export async function mergeInvoices(run: Run, plan: MergePlan, rowCount: number): Promise<MergeCounts> {
  if (rowCount >= HASHED_ROWS_MIN) await run('set local enable_nestloop = off');
  await mergeAccounts(run, plan);
  const stored = await compareStored(run, plan);
  if (stored.replaced > 0) await keepVersions(run, plan);
  const hasNew = stored.matched < rowCount;
  if (stored.matched === 0)
    await run(`insert into invoice (${insertColumns}) select ${insertValues(plan)} from ${plan.source} s`);
  else if (hasNew || stored.replaced > 0 || stored.isTouched) await mergeIntoInvoice(run, plan);
  if (hasNew || stored.replaced > 0) await carryForward(run, plan, stored.replaced > 0);
  return {
    created: rowCount - stored.matched,
    replaced: stored.replaced,
    kept: stored.kept,
    unchanged: stored.matched - stored.replaced - stored.kept,
  };
}

/** The staged rows as they are to be stored: derived fields joined, and put where the rules decide a column. */
export function sourceOf(derivation: Derivation): string {
  const derived = derivedColumn(derivation);
  const join =
    derivation.reach === 'dates'
      ? 'join staged_dates d on d.invoice_date = r.invoice_date and d.due_date = r.due_date'
      : '';
  return `(select r.line_no, r.invoice_number, r.account_number, r.customer_name, r.total_cents, r.extras, r.details,
    ${columnValues(derivation, derived)} from staged_invoice r ${join})`;
}

/** One invoice, from UploadInvoice, in the form of `sourceOf`. */
export function sourceOfOne(row: Readonly<Record<string, unknown>>, derivation: Derivation): string {
  return `(select r.line_no, r.invoice_number, r.account_number, r.customer_name, r.total_cents, r.extras, r.details,
    ${columnValues(derivation, 'r.derived')}
    from jsonb_to_record(${literal(JSON.stringify(row))}::jsonb) as r(line_no bigint, invoice_number text, account_number text,
      customer_name text, invoice_date date, due_date date, total_cents bigint, balance_forward boolean,
      invoice_type_id text, invoice_format_guid uuid, extras jsonb, details jsonb, derived jsonb))`;
}

function derivedColumn(derivation: Derivation): string {
  switch (derivation.reach) {
    case 'each':
      return 'r.derived';
    case 'dates':
      return 'd.derived';
    case 'same':
      // The rules look at nothing of the invoice, so any invoice gives what all get.
      return `${literal(JSON.stringify(derivation.of(anyInvoice)))}::jsonb`;
    default:
      return derivation.reach satisfies never;
  }
}

const anyInvoice = {
  invoiceNumber: '',
  accountNumber: '',
  customerName: '',
  invoiceDate: '2000-01-01',
  dueDate: '2000-01-01',
  totalCents: 0,
  balanceForward: false,
  invoiceTypeId: '',
  invoiceFormatGuid: '',
  extras: {},
} as const;

function columnValues(derivation: Derivation, derived: string): string {
  const of = (key: ColumnKey, column: string, type: string, sent: string) => {
    if (!derivation.overridden.includes(key)) return `r.${sent} as ${column}`;
    // A date reckoned from a date the invoice does not have is none: then what was sent stands.
    const value = `(${derived}->>'${key}')::${type}`;
    return key === 'balanceForward'
      ? `coalesce(${value}, false) as ${column}`
      : `coalesce(${value}, r.${sent}) as ${column}`;
  };
  const sent = derivation.overridden.map((key) => `'${key}', r.${sentColumns[key]}`).join(', ');
  return [
    of('invoiceDate', 'invoice_date', 'date', 'invoice_date'),
    of('dueDate', 'due_date', 'date', 'due_date'),
    of('balanceForward', 'balance_forward', 'boolean', 'balance_forward'),
    of('invoiceTypeId', 'invoice_type_id', 'text', 'invoice_type_id'),
    of('invoiceFormatGuid', 'format_guid', 'uuid', 'invoice_format_guid'),
    // What the file said where a rule said otherwise, so that nobody has to look it up in the file.
    `${sent === '' ? derived : `${derived} || jsonb_build_object('sent', jsonb_build_object(${sent}))`} as derived`,
  ].join(', ');
}

const sentColumns: Readonly<Record<ColumnKey, string>> = {
  invoiceDate: 'invoice_date',
  dueDate: 'due_date',
  balanceForward: 'balance_forward',
  invoiceTypeId: 'invoice_type_id',
  invoiceFormatGuid: 'invoice_format_guid',
};

async function mergeAccounts(run: Run, plan: MergePlan): Promise<void> {
  const { bid, source, layout } = plan;
  const facts = accountFacts.filter(([field]) => layout.customerRecord.includes(field));
  const columns = ['customer_name', ...facts.map(([, , column]) => column)];
  const values = ['customer_name', ...facts.map(([, key, column]) => `extras->>'${key}' as ${column}`)].join(', ');
  const accounts = `(select distinct on (account_number) account_number, ${values} from ${source} s order by account_number, line_no desc)`;
  const insert = `(bid, account_number, ${columns.join(', ')})`;
  const list = columns.map((column) => `s.${column}`).join(', ');
  const { rows } = await run<{ found: boolean }>(`select exists(select from account where bid = ${bid}) as found`);
  if (rows[0]?.found !== true) {
    await run(`insert into account ${insert} select ${bid}, s.account_number, ${list} from ${accounts} s`);
    return;
  }
  // A fact a file leaves empty is not known to be gone: only what is sent replaces.
  const told = (column: string) => (column === 'customer_name' ? `s.${column}` : `coalesce(s.${column}, a.${column})`);
  await run(`merge into account a using ${accounts} s on a.bid = ${bid} and a.account_number = s.account_number
    when matched and ${mayTell(plan)} and (${columns.map((column) => `a.${column}`).join(', ')}) is distinct from (${columns.map(told).join(', ')})
      then update set ${columns.map((column) => `${column} = ${told(column)}`).join(', ')}
    when not matched then insert ${insert} values (${bid}, s.account_number, ${list})`);
}

/** What an account is called is told by the newest of its invoices, too. */
function mayTell({ bid, isCurrent, madeOn }: MergePlan): string {
  if (isCurrent) return 'true';
  return `not exists (select from invoice o
    where o.bid = ${bid} and o.account_number = a.account_number and o.made_on > ${literal(madeOn)}::date)`;
}

type Stored = { matched: number; replaced: number; kept: number; isTouched: boolean };

async function compareStored(run: Run, plan: MergePlan): Promise<Stored> {
  const { rows } = await run<Stored>(
    `select count(*) as matched, count(*) filter (where ${differs} and ${mayChange(plan)}) as replaced,
      count(*) filter (where ${differs} and not ${mayChange(plan)}) as kept,
      coalesce(bool_or(not ${differs} and ${isTouched(plan)}), false) as "isTouched"
    from ${plan.source} s join invoice i on i.bid = ${plan.bid} and i.invoice_number = s.invoice_number`,
  );
  return rows[0] ?? { matched: 0, replaced: 0, kept: 0, isTouched: false };
}

const differs = `(${contentColumns.map((column) => `i.${column}`).join(', ')}) is distinct from (${contentColumns.map((column) => `s.${column}`).join(', ')})`;

/** F65: content made earlier than what is stored, or was said again, never replaces it, whatever the order of arrival. */
function mayChange({ madeOn }: MergePlan): string {
  return `(i.made_on <= ${literal(madeOn)}::date)`;
}

/** The content is the same, but the rules make something else of it, or it is now known to hold on a later day. */
function isTouched(plan: MergePlan): string {
  const { madeOn } = plan;
  return `(${mayChange(plan)} and (i.derived is distinct from s.derived or i.made_on < ${literal(madeOn)}::date))`;
}

async function keepVersions(run: Run, plan: MergePlan): Promise<void> {
  await run(`insert into invoice_version (bid, invoice_number, version, invoice_date, due_date, total_cents, balance_forward,
      invoice_type_id, details, extras, file_id, written_at, replaced_at)
    select i.bid, i.invoice_number, i.version, i.invoice_date, i.due_date, i.total_cents, i.balance_forward,
      i.invoice_type_id, i.details, i.extras, i.file_id, i.updated_at, ${instant(plan.now)}
    from ${plan.source} s join invoice i on i.bid = ${plan.bid} and i.invoice_number = s.invoice_number
    where ${mayChange(plan)} and ${differs}`);
}

const insertColumns = `bid, invoice_number, account_number, ${contentColumns.join(', ')}, derived, file_id, made_on, updated_at`;

function insertValues(plan: MergePlan): string {
  const content = contentColumns.map((column) => `s.${column}`).join(', ');
  return `${plan.bid}, s.invoice_number, s.account_number, ${content}, s.derived, ${origin(plan)}`;
}

function origin(plan: MergePlan): string {
  return `${plan.fileId === null ? 'null' : literal(plan.fileId)}::uuid, ${literal(plan.madeOn)}::date, ${instant(plan.now)}`;
}

async function mergeIntoInvoice(run: Run, plan: MergePlan): Promise<void> {
  await run(`merge into invoice i using ${plan.source} s on i.bid = ${plan.bid} and i.invoice_number = s.invoice_number
    when matched and ${mayChange(plan)} and ${differs} then update set
      ${contentColumns.map((column) => `${column} = s.${column}`).join(', ')}, derived = s.derived, version = i.version + 1,
      (file_id, made_on, updated_at) = row(${origin(plan)})
    when matched and not ${differs} and ${isTouched(plan)} then update set derived = s.derived, made_on = ${literal(plan.madeOn)}::date
    when not matched then insert (${insertColumns}) values (${insertValues(plan)})`);
}

/**
 * An invoice with BalanceForward carries the account's older invoices: each is carried by the next later one that says
 * so. Worked out anew for the accounts touched that have such an invoice, or had; writes only what changes.
 */
async function carryForward(run: Run, { bid, source }: MergePlan, hasReplaced: boolean): Promise<void> {
  const { rows } = await run<{ found: boolean }>(
    `select exists(select from invoice where bid = ${bid} and balance_forward) as found`,
  );
  // Where no invoice of the biller carries, only one that was just replaced can have ceased to.
  if (rows[0]?.found !== true && !hasReplaced) return;
  await run(`update invoice i set carried_by = c.carrier
    from (
      select o.invoice_number, o.carried_by, substr(min(to_char(o.invoice_date, 'YYYYMMDD') || o.invoice_number) filter (where o.balance_forward)
        over (partition by o.account_number order by o.invoice_date desc, o.invoice_number desc
          rows between unbounded preceding and 1 preceding), 9) as carrier
      from invoice o where o.bid = ${bid} and o.account_number in (select s.account_number from ${source} s)
    ) c
    where i.bid = ${bid} and i.invoice_number = c.invoice_number and c.carried_by is distinct from c.carrier`);
}

function instant(at: Temporal.Instant): string {
  return `${literal(at.toString())}::timestamptz`;
}
