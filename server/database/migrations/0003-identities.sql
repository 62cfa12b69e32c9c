-- Who may do what: staff with sessions, partners with bearer credentials.
create table staff_user (
  id uuid primary key,
  email text not null unique check (email = lower(email)),
  name text not null,
  password_hash text,                  -- null until the invitation is taken up
  roles text[] not null,
  bid bigint,                          -- a biller's own staff see only this biller
  disabled_at timestamptz,
  created_at timestamptz not null default now()
);
create table staff_session (
  token_hash bytea primary key,
  user_id uuid not null references staff_user (id),
  csrf_token text not null,
  created_at timestamptz not null,
  last_seen_at timestamptz not null,
  expires_at timestamptz not null,
  ended_at timestamptz,
  address text,
  user_agent text
);
create index staff_session_user on staff_session (user_id);
create table staff_invitation (
  token_hash bytea primary key,
  user_id uuid not null references staff_user (id),
  expires_at timestamptz not null,
  used_at timestamptz
);
-- Failed sign-ins by email and by address, whether or not such a user exists: both look the same from outside.
create table sign_in_throttle (
  key text primary key,                -- 'email <sha256>' or 'address <ip>'
  failures int not null,
  window_ends_at timestamptz not null,
  locked_until timestamptz
);
create index sign_in_throttle_old on sign_in_throttle (window_ends_at);
grant select, insert, update, delete on staff_user, staff_session, staff_invitation, sign_in_throttle to causeway_system;
-- Staff belong to no tenant's view: the role of one biller sees none of them, by grant and by policy.
alter table staff_user enable row level security;
alter table staff_user force row level security;
create policy across on staff_user to causeway_system using (true) with check (true);

create table api_credential (
  bid bigint not null,
  id uuid not null,
  name text not null,
  token_hash bytea not null unique,
  scopes text[] not null,
  created_by text not null,
  created_at timestamptz not null,
  last_used_at timestamptz,
  revoked_at timestamptz,
  primary key (bid, id)
);
call make_tenant_table('api_credential');
