-- Why nothing of a delivery may be sent any more: the payment's money went back before it was posted. Null: it may.
alter table delivery add column withdrawn text;
