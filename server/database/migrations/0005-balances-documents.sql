-- The last balance the partner told, how old it is, and whether it could be renewed; and PDFs by content.
create table balance (
  bid bigint not null,
  account_number text not null,
  current_due_cents bigint not null,
  total_unpaid_cents bigint,
  pending_payment_cents bigint,
  due_date date,
  as_of timestamptz not null,          -- when the partner said so
  stale_since timestamptz,             -- the first refresh that failed after as_of; null while the balance is good
  stale_reason text,
  attributes jsonb not null,           -- the partner's other attributes, kept as told
  version bigint not null default 1,
  primary key (bid, account_number)
);
call make_tenant_table('balance');

-- Every refresh, good or bad: the evidence behind "why this balance". Kept 90 days.
create table balance_refresh (
  bid bigint not null,
  id bigint generated always as identity,
  account_number text not null,
  at timestamptz not null,
  cause text not null,                 -- view, charge, staff, cli, api, delivery
  outcome text not null,
  took_ms int not null,
  current_due_cents bigint,
  detail jsonb not null default '{}',
  primary key (bid, id)
);
create index balance_refresh_account on balance_refresh (bid, account_number, at desc);
call make_tenant_table('balance_refresh');

-- An account with its balance, and the type of its latest invoice, which chooses the partner's environment: what the
-- hottest reads ask for, in one statement. The rights are those of who asks (security_invoker), so rows stay a biller's own.
create view account_with_balance with (security_invoker = true) as
select a.bid, a.account_number, a.customer_name, a.address_1, a.address_2, a.city, a.state, a.zip, a.phone, a.email,
  a.block_ach, a.block_cc, a.block_reason, a.paperless, a.autopay,
  b.current_due_cents, b.total_unpaid_cents, b.pending_payment_cents, b.due_date, b.as_of, b.stale_since, b.stale_reason,
  b.attributes,
  (select i.invoice_type_id from invoice i where i.bid = a.bid and i.account_number = a.account_number
    order by i.invoice_date desc, i.due_date desc, i.invoice_number desc limit 1) as latest_invoice_type_id
from account a
left join balance b on b.bid = a.bid and b.account_number = a.account_number;
grant select on account_with_balance to causeway_app, causeway_system;

create table bill_document (
  bid bigint not null,
  invoice_number text not null,
  sha256 bytea not null,
  size_bytes bigint not null,
  source text not null,                -- remote (asked of the partner) or dropped
  fetched_at timestamptz not null,
  invoice_version int,                 -- what the invoice said when a remote one was fetched: a later version asks again
  primary key (bid, invoice_number, source)
);
call make_tenant_table('bill_document');
