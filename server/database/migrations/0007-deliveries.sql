-- The outbox: one row for each thing to tell a partner, written in the transaction that causes it.
-- A lane is (biller, kind family, environment); it is drained by whoever holds its advisory lock.
create table lane (
  bid bigint not null,
  id text not null,                    -- '2984/payments/1'
  family text not null check (family in ('payments','settings')),
  environment int not null,
  wanted bigint not null default 1,    -- level-triggered: a wake-up during a run is never lost
  done bigint not null default 0,
  run_at timestamptz not null default 'epoch',   -- 'epoch': at once
  attempts int not null default 0,     -- runs in a row that ended because the endpoint did not answer
  last_error text,
  paused_at timestamptz,
  paused_by text,
  paused_reason text,
  alerted_at timestamptz,
  primary key (bid, id)
);
create index lane_due on lane (run_at) where wanted > done and paused_at is null;
call make_tenant_table('lane');

create table delivery (
  bid bigint not null,
  id bigint generated always as identity,
  lane_id text not null,
  kind text not null check (kind in ('payment','paperless','autopay')),
  account_number text not null,
  payment_id bigint,
  transaction_id text,                 -- what the partner sees; fixed when the payment is accepted, the same on every send
  destination jsonb not null,          -- partner, environment, endpoint: frozen; a later conversion never re-routes it
  payload jsonb not null,
  amount_cents bigint,                 -- what the partner's balance must move by: PaymentAmount less ConvenienceFee
  state text not null check (state in ('queued','sending','waiting','unknown','held','posted','not_sent','superseded')),
  label text,                          -- 'by evidence', 'confirmed by staff' …
  reason text,
  attempts int not null default 0,
  next_at timestamptz,
  retries int not null default 0,      -- failed tries of the present cycle; a replay starts a new one
  retry_since timestamptz,             -- the first failed try of the present cycle
  first_sent_at timestamptz,
  unknown_since timestamptz,
  held_kind text check (held_kind in ('rejected','exhausted','unknown','destination','restored')),
  permit text not null default 'first',-- what the next send is allowed by
  request jsonb,                       -- a decision that waits for its second person
  readings jsonb not null default '[]',
  created_at timestamptz not null default now(),
  finished_at timestamptz,
  version int not null default 1,
  primary key (bid, id)
);
create unique index delivery_one_per_payment on delivery (bid, payment_id) where kind = 'payment';
create index delivery_open on delivery (bid, lane_id, id) where state in ('queued','sending','waiting','unknown','held');
create index delivery_account on delivery (bid, account_number, id desc);
create index delivery_by_transaction on delivery (bid, transaction_id) where transaction_id is not null;
create index delivery_recent on delivery (bid, created_at desc);
call make_tenant_table('delivery');
-- Rows change several times within seconds: stale statistics would lead the lane's statements to the wrong index.
alter table delivery set (autovacuum_analyze_scale_factor = 0.02, autovacuum_vacuum_scale_factor = 0.02, fillfactor = 85);

create table delivery_attempt (
  bid bigint not null,
  delivery_id bigint not null,
  n int not null,
  intent_at timestamptz not null,
  deadline_at timestamptz not null,
  payload_hash bytea not null,
  baseline jsonb,                      -- what the partner said was due, before the first byte
  permit text not null,                -- 'first', 'resend-once', or 'person:<staff id>:<n>'
  possibly_applied boolean not null,   -- true from the intent on; false only once proven not sent or rejected
  class text,                          -- NOT_SENT, POSTED, REJECTED, UNKNOWN; null while under way
  http_status int,
  finished_at timestamptz,
  transcript jsonb not null default '{}',
  primary key (bid, delivery_id, n)
);
-- At most one send that may have been applied for each permit: a second one needs a person (or trust level L2's one resend).
create unique index delivery_attempt_permit on delivery_attempt (bid, delivery_id, permit) where possibly_applied;
call make_tenant_table('delivery_attempt');
alter table delivery_attempt set (autovacuum_analyze_scale_factor = 0.02, autovacuum_vacuum_scale_factor = 0.02, fillfactor = 85);

-- How far a partner's answers are trusted when the outcome of a send is unknown: 0 hold … 3 certified.
create table partner_trust (
  bid bigint not null,
  partner text not null,
  level int not null default 0 check (level between 0 and 3),
  changed_by text not null,
  changed_at timestamptz not null,
  reason text not null,
  request jsonb,                       -- a change that waits for its second person
  primary key (bid, partner)
);
call make_tenant_table('partner_trust');

create table reconciliation (
  bid bigint not null,
  day date not null,
  run_at timestamptz not null,
  taken_cents bigint not null,
  posted_cents bigint not null,
  waiting_cents bigint not null,
  unknown_cents bigint not null,
  not_sent_cents bigint not null,
  reversed_cents bigint not null,
  gap_cents bigint not null,
  detail jsonb not null,
  primary key (bid, day)
);
call make_tenant_table('reconciliation');

-- Wakes a lane inside the business transaction. The notification is sent once per transaction and lane by PostgreSQL.
create function wake_lane(p_bid bigint, p_id text, p_family text, p_environment int) returns void language sql as $$
  insert into lane (bid, id, family, environment) values (p_bid, p_id, p_family, p_environment)
    on conflict (bid, id) do update set wanted = lane.wanted + 1, run_at = 'epoch';
  select pg_notify('lane', p_id) $$;
