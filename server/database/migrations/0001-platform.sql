-- What every feature stands on: roles, idempotency, audit, sealed keys, lanes.
-- The program never works as the owner of these tables: `causeway_app` sees one biller at a time (row-level security),
-- `causeway_system` crosses billers for the few jobs that must (sign-in, lane claims, staff search).

do $$ begin
  if not exists (select from pg_roles where rolname = 'causeway_app') then create role causeway_app nologin; end if;
  if not exists (select from pg_roles where rolname = 'causeway_system') then create role causeway_system nologin; end if;
exception when duplicate_object or unique_violation then null; -- two databases of one cluster migrating at once
end $$;
grant causeway_app, causeway_system to current_user;
grant usage on schema public to causeway_app, causeway_system;

-- The biller whose rows this transaction may see; null (so: no row at all) when none was set.
create function current_bid() returns bigint language sql stable parallel safe
  as $$ select nullif(current_setting('app.bid', true), '')::bigint $$;

-- Makes a table a tenant's: forced row-level security by biller, and the grants both roles need.
create procedure make_tenant_table(name text) language plpgsql as $$
begin
  execute format('alter table %I enable row level security', name);
  execute format('alter table %I force row level security', name);
  execute format('create policy tenant on %I to causeway_app using (bid = current_bid()) with check (bid = current_bid())', name);
  execute format('create policy across on %I to causeway_system using (true) with check (true)', name);
  execute format('grant select, insert, update, delete on %I to causeway_app, causeway_system', name);
end $$;

-- Append-only, one hash chain per biller ('system' for what belongs to none): see platform/audit-chain.ts.
create table audit_event (
  chain text not null,
  seq bigint not null,
  at timestamptz not null,
  bid bigint,
  actor_kind text not null,
  actor text not null,
  act text not null,
  subject text not null,
  reason text,
  detail jsonb not null,
  previous_hash bytea not null,
  hash bytea not null,
  primary key (chain, seq)
);
create index audit_event_subject on audit_event (chain, subject, seq desc);
create index audit_event_at on audit_event (at desc);
alter table audit_event enable row level security;
alter table audit_event force row level security;
create policy tenant on audit_event to causeway_app using (bid = current_bid()) with check (bid = current_bid());
create policy across on audit_event to causeway_system using (true) with check (true);
grant select, insert on audit_event to causeway_app, causeway_system;
create function refuse_change() returns trigger language plpgsql as $$
begin raise exception 'table % is append-only', tg_table_name using errcode = 'restrict_violation'; end $$;
create trigger audit_event_append_only before update or delete or truncate on audit_event
  for each statement execute function refuse_change();

-- The data key of each biller, wrapped by the master key, which is never in the database.
create table sealed_key (
  bid bigint primary key,
  key_id text not null,
  wrapped text not null,
  created_at timestamptz not null default now()
);
call make_tenant_table('sealed_key');

-- One fact about the installation: a changed epoch means "restored from a backup", and every lane starts paused.
create table installation (
  is_only boolean primary key default true check (is_only),
  id uuid not null default gen_random_uuid(),
  created_at timestamptz not null default now()
);
insert into installation default values;
grant select, update on installation to causeway_system;

-- Things that wait for a person: unknown charges, returns, gaps of a reconciliation, failed notices.
create table work_item (
  bid bigint not null,
  id bigint generated always as identity,
  kind text not null,
  subject text not null,
  sentence text not null,
  detail jsonb not null default '{}',
  opened_at timestamptz not null default now(),
  closed_at timestamptz,
  closed_by text,
  primary key (bid, id)
);
create unique index work_item_open on work_item (bid, kind, subject) where closed_at is null;
call make_tenant_table('work_item');
