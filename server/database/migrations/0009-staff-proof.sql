-- When a session last proved who it is (sign-in is the first proof), and by what. Acts on secrets, money and users ask for
-- a recent proof. No default: a session that says nothing of its proof must not exist.
alter table staff_session
  -- Names a session on screen; the hash of its token never leaves the database.
  add column id uuid not null default gen_random_uuid() unique,
  add column proven_at timestamptz,
  add column proven_by text not null default 'password' check (proven_by in ('password', 'totp', 'passkey', 'oidc')),
  -- 'sign-out', 'revoked', 'disabled', 'password-changed': told to whoever comes back with it.
  add column ended_why text;
update staff_session set proven_at = created_at;
alter table staff_session alter column proven_at set not null;

-- A forgotten password: one use, 30 minutes; only the token's hash is kept.
create table staff_password_reset (
  token_hash bytea primary key,
  user_id uuid not null references staff_user (id),
  asked_at timestamptz not null,
  expires_at timestamptz not null,
  used_at timestamptz,
  address text not null                -- where it was asked for, told in the email
);
create index staff_password_reset_user on staff_password_reset (user_id);
grant select, insert, update, delete on staff_password_reset to causeway_system;

-- Null: until it is revoked.
alter table api_credential add column expires_at timestamptz;
