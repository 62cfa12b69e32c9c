-- The key pair of this installation for configuration files: another installation seals secrets to its public half. The
-- private half is sealed by a data key of its own, which the master key wraps, as those of the billers are.
create table installation_key (
  is_only boolean primary key default true check (is_only),
  public_key text not null,
  sealed_private_key text not null,
  key_id text not null,                -- the master key that wraps the data key
  wrapped text not null,
  created_at timestamptz not null default now()
);
grant select, insert, update on installation_key to causeway_system;
