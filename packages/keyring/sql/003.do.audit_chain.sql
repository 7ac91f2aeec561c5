-- Rows that wait for their place in the chain; written with them.
create table audit_unsealed (seq bigint primary key);

-- The chain: each hash covers the one before it and its row, under a key that is in no database.
create table audit_chain (
  position bigint primary key check (position > 0),
  seq bigint not null unique,
  hash bytea not null
);
create trigger audit_chain_is_history before update or delete on audit_chain
  for each row execute function refuse_change();

insert into audit_unsealed (seq) select number from audit;
create function audit_wait() returns trigger language plpgsql as $$
begin
  insert into audit_unsealed (seq) values (new.number);
  return null;
end
$$;
create trigger audit_waits_for_the_chain after insert on audit for each row execute function audit_wait();
