-- All billers' FTP users share one SFTP server, so a username belongs to one biller. Kept beside the configuration document,
-- in the transaction that saves it; the document stays the truth about passwords, keys and folders.
create table ftp_user (
  bid bigint not null,
  username text not null unique check (username ~ '^[a-z0-9][a-z0-9._-]{2,39}$'),
  has_password boolean not null,
  key_count int not null,
  folder_count int not null,           -- PDF and zip settings of this user that are active
  primary key (bid, username)
);
call make_tenant_table('ftp_user');

-- What is configured already. Of two billers with the same username the first has it; the second hears of it at its next save.
set local role causeway_system;
insert into ftp_user (bid, username, has_password, key_count, folder_count)
select biller.bid, entry->>'username', entry->'password' <> 'null'::jsonb, jsonb_array_length(entry->'publicKeys'),
  (select count(*) from jsonb_array_elements((document->'ftp'->'pdfSettings') || (document->'ftp'->'zipSettings')) as setting
   where setting->>'username' = entry->>'username' and (setting->>'isActive')::boolean)
from biller
join biller_configuration using (bid, version)
cross join jsonb_array_elements(document->'ftp'->'users') as entry
where entry->>'username' ~ '^[a-z0-9][a-z0-9._-]{2,39}$'
order by biller.bid
on conflict do nothing;
reset role;
