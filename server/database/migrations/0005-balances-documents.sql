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

create table bill_document (
  bid bigint not null,
  invoice_number text not null,
  sha256 bytea not null,
  size_bytes bigint not null,
  source text not null,                -- remote (asked of the partner) or dropped
  fetched_at timestamptz not null,
  primary key (bid, invoice_number, source)
);
call make_tenant_table('bill_document');
