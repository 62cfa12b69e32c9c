-- What the Operations screen shows about the installation, and the alerts that go out when something breaks and recovers.
-- All of it belongs to the operator, none to a biller: only `causeway_system` may see these tables.

-- The last time something the whole installation relies on was done: 'backup', 'audit-verification'.
create table operation_mark (
  kind text primary key,
  at timestamptz not null,
  detail jsonb not null default '{}'
);

-- A process of this installation. It writes its row every few seconds by the database's clock; one that stops takes the
-- row away; one that vanished leaves it, to be told about.
create table running_process (
  id uuid primary key,
  host text not null,
  pid int not null,
  roles text[] not null,
  version text not null,
  node_version text not null,
  started_at timestamptz not null,
  beat_at timestamptz not null default now(),
  figures jsonb not null,              -- memory, event-loop lag, disk of the data folder, open partner sessions
  replaces uuid                        -- the vanished process it was started for
);

-- How each endpoint stands for each process; rewritten by every beat, gone with the process.
create table endpoint_state (
  process_id uuid not null references running_process on delete cascade,
  endpoint text not null,              -- '2984/payment/1/mips.example.com'
  breaker text not null,
  failures_in_a_row int not null,
  active int not null,
  waiting int not null,
  rest_ms bigint not null,
  primary key (process_id, endpoint)
);

-- Calls of one process to one endpoint in one minute: absolute figures, so that writing them again changes nothing.
create table endpoint_minute (
  endpoint text not null,
  minute timestamptz not null,
  process_id uuid not null,
  calls int not null,
  failed int not null,
  latency int[] not null,              -- calls by duration, in the classes of platform/endpoint-figures.ts
  outcomes jsonb not null,             -- calls by how they ended
  primary key (endpoint, minute, process_id)
);
create index endpoint_minute_age on endpoint_minute (minute);

-- Which conditions are watched and from when on they are told; one row.
create table alert_settings (
  is_only boolean primary key default true check (is_only),
  conditions jsonb not null,
  version int not null default 1,
  changed_at timestamptz not null,
  changed_by text not null
);

-- Where alerts go. A null biller: told about the whole installation; otherwise only about that biller.
create table alert_destination (
  id bigint generated always as identity primary key,
  bid bigint,
  kind text not null check (kind in ('email','webhook')),
  address text not null,               -- an email address, or an https URL
  name text not null,
  is_on boolean not null default true,
  off_reason text,
  secret text,                         -- sealed; webhooks only
  secret_fingerprint text,
  secret_set_at timestamptz,
  previous_secret text,                -- signs too, until the receiver has taken the new one
  previous_fingerprint text,
  previous_until timestamptz,
  created_at timestamptz not null,
  created_by text not null,
  version int not null default 1
);
create unique index alert_destination_once on alert_destination (coalesce(bid, 0), kind, address);
alter table alert_destination enable row level security;
alter table alert_destination force row level security;
create policy across on alert_destination to causeway_system using (true) with check (true);

-- A condition that holds, or held: first seen, told, no longer seen, recovered.
create table alert (
  id bigint generated always as identity primary key,
  bid bigint,
  condition text not null,
  subject text not null,
  sentence text not null,
  first_seen_at timestamptz not null,
  told_at timestamptz,                 -- null while it must still last
  gone_since timestamptz,              -- no longer seen since then, but not long enough to call it recovered
  recovered_at timestamptz,
  recovery text                        -- why it is over, for the reader
);
-- Two workers that watch at once can't tell of one thing twice.
create unique index alert_one_open on alert (condition, subject) where recovered_at is null;
create index alert_recent on alert (id desc) where told_at is not null;
alter table alert enable row level security;
alter table alert force row level security;
create policy across on alert to causeway_system using (true) with check (true);

-- The outbox of alerts: written with the alert, sent until it arrived or was given up.
create table alert_message (
  id bigint generated always as identity primary key,
  message_id text not null unique,     -- the receiver knows a repetition by it: webhook-id
  alert_id bigint references alert on delete cascade,   -- null: a test
  destination_id bigint not null references alert_destination on delete cascade,
  kind text not null check (kind in ('opened','recovered','test')),
  payload jsonb not null,
  state text not null default 'queued' check (state in ('queued','sent','failed')),
  attempts int not null default 0,
  next_at timestamptz not null,        -- also the end of a sender's claim
  created_at timestamptz not null,
  finished_at timestamptz
);
create unique index alert_message_once on alert_message (alert_id, destination_id, kind) where alert_id is not null;
create index alert_message_due on alert_message (next_at) where state = 'queued';
create index alert_message_of_destination on alert_message (destination_id, id desc);

create table alert_attempt (
  message_id bigint not null references alert_message on delete cascade,
  n int not null,
  at timestamptz not null,
  took_ms int not null,
  is_delivered boolean not null,
  status int,
  said text not null,
  primary key (message_id, n)
);

grant select, insert, update, delete on operation_mark, running_process, endpoint_state, endpoint_minute, alert_settings,
  alert_destination, alert, alert_message, alert_attempt to causeway_system;

-- The database's own figures. They run with the owner's rights: the program's roles may not see each other's sessions.
create function database_figures(
  out size_bytes bigint, out connections int, out connections_max int, out replicas int, out replica_lag_bytes bigint,
  out version text, out started_at timestamptz, out is_archiving boolean
) language sql stable security definer set search_path = pg_catalog as $$
  select pg_database_size(current_database()),
    (select count(*)::int from pg_stat_activity where backend_type = 'client backend'),
    current_setting('max_connections')::int - current_setting('superuser_reserved_connections')::int,
    (select count(*)::int from pg_stat_replication),
    (select max(pg_wal_lsn_diff(pg_current_wal_lsn(), replay_lsn))::bigint from pg_stat_replication),
    current_setting('server_version'), pg_postmaster_start_time(), current_setting('archive_mode') <> 'off'
$$;
-- Transactions of this database open for longer than so many seconds; no statement's text, which may hold somebody's data.
create function long_transactions(p_seconds int)
returns table (pid int, application text, state text, since timestamptz, seconds int, waits_for text)
language sql stable security definer set search_path = pg_catalog as $$
  select a.pid, a.application_name, a.state, a.xact_start,
    extract(epoch from clock_timestamp() - a.xact_start)::int, a.wait_event_type || ' ' || a.wait_event
  from pg_stat_activity a
  where a.datname = current_database() and a.backend_type = 'client backend' and a.pid <> pg_backend_pid()
    and a.xact_start < clock_timestamp() - make_interval(secs => p_seconds)
  order by a.xact_start limit 50
$$;
create function applied_migrations() returns table (name text, applied_at timestamptz)
language sql stable security definer set search_path = public, pg_catalog as $$
  select m.name, m.applied_at from migration m order by m.name
$$;
revoke all on function database_figures(), long_transactions(int), applied_migrations() from public;
grant execute on function database_figures(), long_transactions(int), applied_migrations() to causeway_system;
