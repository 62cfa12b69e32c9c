-- Accounts and invoices. No foreign keys between them: they cost 2.5 to 3.6 times on import, which guarantees them itself.
create table account (
  bid bigint not null,
  account_number text not null,
  customer_name text not null,
  address_1 text, address_2 text, city text, state text, zip text,
  phone text, email text,
  block_ach boolean not null default false,
  block_cc boolean not null default false,
  block_reason text,                   -- who set the flags: 'partner' or a person
  paperless boolean not null default false,
  autopay boolean not null default false,
  created_at timestamptz not null default now(),
  primary key (bid, account_number)
);
create index account_name on account (bid, lower(customer_name) text_pattern_ops);
call make_tenant_table('account');

create table invoice_file (
  bid bigint not null,
  id uuid not null,
  name text not null,
  sha256 bytea not null,
  size_bytes bigint not null,
  way text not null,                   -- upload, staff, sftp, cli
  state text not null check (state in ('received','reading','loaded','partly','refused','failed')),
  attempts int not null default 0,     -- how often a worker began it; past the limit it is 'failed'
  file_date date,                      -- FileCreationDate: a file made earlier than one already loaded changes no stored invoice
  bytes_read bigint not null default 0,
  invoices_accepted int not null default 0,
  invoices_refused int not null default 0,
  invoices_unchanged int not null default 0,
  invoices_kept int not null default 0, -- would have changed, but what is stored was made later
  total_cents bigint not null default 0,
  fault_count int not null default 0,
  received_by text not null,
  received_at timestamptz not null,
  finished_at timestamptz,
  detail jsonb not null default '{}',
  primary key (bid, id)
);
create unique index invoice_file_bytes on invoice_file (bid, sha256) where state <> 'failed';
create index invoice_file_recent on invoice_file (bid, received_at desc, id);
create index invoice_file_waiting on invoice_file (bid, received_at) where state in ('received', 'reading');
call make_tenant_table('invoice_file');

create table invoice_file_fault (
  bid bigint not null,
  file_id uuid not null,
  n int not null,
  line bigint not null,
  position int,
  file_spec_id int,
  field text,
  value text,
  code text not null,
  message text not null,
  scope text not null check (scope in ('file','invoice')),
  primary key (bid, file_id, n)
);
call make_tenant_table('invoice_file_fault');

create table invoice (
  bid bigint not null,
  invoice_number text not null,
  account_number text not null,
  invoice_date date not null,
  due_date date not null,
  total_cents bigint not null,
  balance_forward boolean not null,
  invoice_type_id text not null,
  format_guid uuid not null,
  details jsonb not null,              -- the ID lines; a column, not a table: measured 1.6 times faster to import
  extras jsonb not null,               -- other fields of the layout, as sent
  derived jsonb not null,              -- what the biller's customizations make of it
  carried_by text,                     -- the later invoice that carries this one's balance forward
  version int not null default 1,
  file_id uuid,
  made_on date not null,               -- the day this content dates from: FileCreationDate, or the day of an UploadInvoice
  updated_at timestamptz not null default now(),
  primary key (bid, invoice_number)
);
create index invoice_account on invoice (bid, account_number, due_date desc);
create index invoice_carrier on invoice (bid, account_number) where balance_forward;
call make_tenant_table('invoice');

-- What an invoice said before a later file replaced it.
create table invoice_version (
  bid bigint not null,
  invoice_number text not null,
  version int not null,
  invoice_date date not null,
  due_date date not null,
  total_cents bigint not null,
  balance_forward boolean not null,
  invoice_type_id text not null,
  details jsonb not null,
  extras jsonb not null,
  file_id uuid,
  written_at timestamptz not null,     -- from when to when it held
  replaced_at timestamptz not null default now(),
  primary key (bid, invoice_number, version)
);
call make_tenant_table('invoice_version');

-- Right after a large load the planner takes the new rows for a few and plans loops over them. The program's roles do not
-- own the tables and may not ANALYZE them, hence this.
create procedure analyze_invoices() language plpgsql security definer set search_path = public, pg_temp as $$
begin
  analyze account;
  analyze invoice;
end $$;
revoke execute on procedure analyze_invoices() from public;
grant execute on procedure analyze_invoices() to causeway_app, causeway_system;
