-- Billers, and their one configuration document in versions.
create table biller (
  bid bigint primary key check (bid > 0),
  slug text not null unique check (slug ~ '^[a-z0-9][a-z0-9-]{1,62}$'),
  name text not null,
  guid uuid not null unique,
  version int not null default 1,      -- the version of its configuration that is in force
  created_at timestamptz not null default now()
);
call make_tenant_table('biller');

create table biller_configuration (
  bid bigint not null,
  version int not null,
  document jsonb not null,
  sections text[] not null,            -- which sections this version changed
  changed_by text not null,
  changed_at timestamptz not null,
  reason text not null,
  restored_from int,
  primary key (bid, version)
);
call make_tenant_table('biller_configuration');
