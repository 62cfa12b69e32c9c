-- A payment exists before the processor is called, and its events are append-only.
create sequence payment_id_seq as bigint start 1000;
grant usage on sequence payment_id_seq to causeway_app, causeway_system;

create table payment (
  bid bigint not null,
  payment_id bigint not null default nextval('payment_id_seq'),
  account_number text not null,
  invoice_type_id text not null,
  invoice_numbers text[] not null,
  method text not null check (method in ('CC','ACH')),
  amount_cents bigint not null check (amount_cents > 0),          -- fee included
  fee_cents bigint not null check (fee_cents >= 0 and fee_cents < amount_cents),
  source text not null,
  status text not null check (status in
    ('submitting','pending','unknown','approved','declined','error','settled','returned','charged_back','voided','refunded')),
  idempotency_key text not null,
  request_hash bytea not null,
  public_id text not null,                                        -- unguessable; what the payer's URLs carry
  locale text not null,
  processor text not null,
  checkout_id text,
  checkout_url text,
  processor_reference text,
  payment_message text,
  brand text, last_four text, expiry text,
  payer jsonb not null,                                           -- name, address, phone, email as the payer gave them
  balance_seen_cents bigint not null,
  authorization_text text,
  created_at timestamptz not null,
  taken_at timestamptz,
  settled_at timestamptz,
  reversed_at timestamptz,
  ask_again_at timestamptz,                                       -- when the janitor next asks the processor
  asked_count int not null default 0,
  version int not null default 1,
  primary key (bid, payment_id)
);
create unique index payment_idempotency on payment (bid, idempotency_key);
create unique index payment_public on payment (public_id);
create index payment_account on payment (bid, account_number, payment_id desc);
create index payment_recent on payment (bid, created_at desc);
create index payment_ask on payment (ask_again_at) where ask_again_at is not null;
-- One charge of a bill may be in doubt at a time: the constraint, not only the code, stops the second.
create unique index payment_one_open on payment (bid, account_number) where status in ('submitting','pending','unknown');
call make_tenant_table('payment');

create table payment_event (
  bid bigint not null,
  payment_id bigint not null,
  seq int not null,
  kind text not null,
  at timestamptz not null,
  told_by text not null,               -- payer, processor, janitor, staff
  external_id text,
  detail jsonb not null default '{}',
  primary key (bid, payment_id, seq)
);
create unique index payment_event_external on payment_event (bid, external_id) where external_id is not null;
call make_tenant_table('payment_event');
create trigger payment_event_append_only before update or delete or truncate on payment_event
  for each statement execute function refuse_change();

-- How far each processor's list of events was read: the poll that catches what a webhook lost.
create table processor_poll (
  processor text primary key,
  cursor text,
  polled_at timestamptz not null
);
-- Verified events of a charge this database does not know (after a restore from a backup): kept for a person, never dropped.
create table unmatched_processor_event (
  processor text not null,
  external_id text not null,
  reference text not null,
  kind text not null,
  at timestamptz not null,
  received_at timestamptz not null,
  detail jsonb not null default '{}',
  primary key (processor, external_id)
);
grant select, insert, update, delete on processor_poll, unmatched_processor_event to causeway_system;

-- Emails and texts to send, written with what causes them.
create table notice (
  bid bigint not null,
  id bigint generated always as identity,
  kind text not null,
  account_number text,
  payment_id bigint,
  to_address text not null,
  locale text not null,
  subject text not null,
  body_text text not null,
  body_html text not null,
  state text not null check (state in ('queued','sent','failed')),
  attempts int not null default 0,
  next_at timestamptz not null default now(),
  last_error text,
  created_at timestamptz not null default now(),
  sent_at timestamptz,
  primary key (bid, id)
);
create index notice_due on notice (next_at) where state = 'queued';
create unique index notice_once on notice (bid, kind, payment_id) where payment_id is not null;
call make_tenant_table('notice');
