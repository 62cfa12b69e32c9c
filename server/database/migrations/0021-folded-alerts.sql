-- Alerts by email that come together go out as one email: the first message is sent, the others are folded into it and
-- share its fate. A message whose first one is forgotten stands by itself again.
alter table alert_message add column folded_into bigint references alert_message on delete set null;
create index alert_message_folded on alert_message (folded_into) where folded_into is not null;
