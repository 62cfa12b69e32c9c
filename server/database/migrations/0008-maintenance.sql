-- Maintenance windows: records of their own, entered in Central Time, kept as instants, in force for exactly
-- [starts_at, ends_at) while active. Every state one was ever in is kept in maintenance_window_version.
create table maintenance_window (
  bid bigint not null,
  id bigint generated always as identity,
  version int not null default 1,
  description text not null,           -- for staff only
  message_en text not null,            -- for payers
  message_es text not null,            -- '': payers who read Spanish get the standard words
  starts_at timestamptz not null,
  ends_at timestamptz not null,
  planned_ends_at timestamptz not null,-- the end as it stood when the window came into force
  is_active boolean not null,
  ended_at timestamptz,                -- since when it is over: before ends_at if somebody ended it early
  applies_to_all boolean not null,
  pages text[] not null,               -- the pages it closes, where it does not close all
  pauses_datapump boolean not null,
  created_by_kind text not null,
  created_by text not null,
  created_at timestamptz not null,
  changed_by_kind text not null,
  changed_by text not null,
  changed_at timestamptz not null,
  reminded_open_at timestamptz,        -- when somebody was last told that it is still open
  reminded_end timestamptz,            -- the end that somebody was told is near
  primary key (bid, id),
  check (ends_at > starts_at)
);
create index maintenance_window_active on maintenance_window (bid, ends_at) where is_active;
create index maintenance_window_past on maintenance_window (bid, starts_at desc, id desc);
call make_tenant_table('maintenance_window');

create table maintenance_window_version (
  bid bigint not null,
  window_id bigint not null,
  version int not null,
  act text not null,                   -- planned, changed, ended-early, switched-on, switched-off, over
  document jsonb not null,
  changed_by_kind text not null,
  changed_by text not null,
  changed_at timestamptz not null,
  reason text,
  primary key (bid, window_id, version)
);
call make_tenant_table('maintenance_window_version');

-- Until when DataPump is paused by a window at that moment; null when it is not. Asked in the statements of a lane, so
-- that no send begins in a window and none is late after it, whatever a process has in its memory.
create function datapump_paused_until(p_bid bigint, p_at timestamptz) returns timestamptz language sql stable as $$
  select max(ends_at) from maintenance_window
  where bid = p_bid and is_active and pauses_datapump and starts_at <= p_at and ends_at > p_at $$;

-- Since when DataPump goes again after the latest window that paused it: what waited in the window was not late.
create function datapump_resumed_at(p_bid bigint, p_at timestamptz) returns timestamptz language sql stable as $$
  select max(coalesce(ended_at, ends_at)) from maintenance_window
  where bid = p_bid and pauses_datapump and (is_active or ended_at is not null) and starts_at <= p_at
    and coalesce(ended_at, ends_at) <= p_at $$;
