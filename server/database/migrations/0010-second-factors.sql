-- Second factors of staff, passkeys, and sign-on through the operator's identity provider.

-- The data key that seals what belongs to staff and to no biller, wrapped by the master key. One row, or none yet.
create table staff_key (
  is_only boolean primary key default true check (is_only),
  key_id text not null,
  wrapped text not null
);
create table staff_totp (
  user_id uuid primary key references staff_user (id),
  secret text not null,                -- sealed; its place is the user's id
  started_at timestamptz not null,
  confirmed_at timestamptz,            -- null until one code was typed: until then it counts for nothing
  last_step bigint not null default 0  -- the newest time step a code was taken of: that code and older ones are used up
);
create table staff_passkey (
  id uuid primary key,
  user_id uuid not null references staff_user (id),
  credential_id bytea not null unique,
  name text not null,
  public_key bytea not null,
  counter bigint not null,             -- as the authenticator last told; 0 where it keeps none
  transports text[] not null,
  is_backed_up boolean not null,
  created_at timestamptz not null,
  last_used_at timestamptz
);
create index staff_passkey_user on staff_passkey (user_id);
create table staff_recovery_code (
  user_id uuid not null references staff_user (id),
  code_hash bytea not null,
  used_at timestamptz,
  primary key (user_id, code_hash)
);
-- The password was right, and the second factor is still asked for: no session, and worth nothing by itself.
create table staff_half_sign_in (
  token_hash bytea primary key,
  user_id uuid not null references staff_user (id),
  proven_by text not null check (proven_by in ('password', 'oidc')),  -- the first step
  expires_at timestamptz not null
);
create index staff_half_sign_in_old on staff_half_sign_in (expires_at);
-- What a passkey is asked to sign: each once, and soon.
create table staff_challenge (
  challenge_hash bytea primary key,
  purpose text not null,
  user_id uuid references staff_user (id),  -- null where anybody may answer: signing in without naming oneself
  expires_at timestamptz not null
);
create index staff_challenge_old on staff_challenge (expires_at);
-- A sign-on under way at the provider; the browser that began it holds the other half in a cookie.
create table staff_sign_on (
  state_hash bytea primary key,
  browser_hash bytea not null,
  issuer text not null,
  back text not null,
  expires_at timestamptz not null
);
create index staff_sign_on_old on staff_sign_on (expires_at);
-- Who a person is at the provider: its name for them, which an email address is not.
create table staff_sign_on_link (
  issuer text not null,
  subject text not null,
  user_id uuid not null references staff_user (id),
  email text not null,                 -- as it was when the two were linked
  linked_at timestamptz not null,
  last_used_at timestamptz not null,
  primary key (issuer, subject),
  unique (issuer, user_id)
);
create index staff_sign_on_link_user on staff_sign_on_link (user_id);
grant select, insert, update, delete on staff_key, staff_totp, staff_passkey, staff_recovery_code, staff_half_sign_in,
  staff_challenge, staff_sign_on, staff_sign_on_link to causeway_system;

-- Whether this session's sign-in asked for a second factor (or the provider that is trusted to did).
alter table staff_session add column has_second_factor boolean not null default false;
