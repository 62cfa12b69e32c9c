-- After a restore from a backup: a payment that was not taken in the backup may have been taken and posted since. When the
-- processor says so, its post is held for a person instead of sent.
alter table payment add column is_restored boolean not null default false;
-- Payment ids go to the partner in the transaction id: a restore jumps over those that were given out since the backup.
grant update on sequence payment_id_seq to causeway_system;
