-- Why the keyring refused an execution's last grant; until the row is due, nobody is offered it.
alter table outbox add column refusal text;
