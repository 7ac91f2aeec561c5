-- How a version came. `boundary`: a plain upload that the platform sealed as it arrived.
alter table secret_versions
  drop constraint secret_versions_source_check,
  add constraint secret_versions_source_check check (source in ('push', 'set', 'script', 'import', 'boundary'));

-- A version ends with the next one, or here.
create table secret_deletions (
  secret_id text not null references secrets (id),
  version integer not null,
  deleted_at timestamptz not null default clock_timestamp(),
  author text not null,
  primary key (secret_id, version),
  foreign key (secret_id, version) references secret_versions (secret_id, version)
);
insert into secret_deletions (secret_id, version, deleted_at, author)
  select id, version, deleted_at, 'unknown' from secrets where deleted_at is not null;

alter table receipts
  -- Which attempt asked; null in rows that are older than this column.
  add column attempt integer,
  -- Whose secret was read: package, project or platform; null unless it was read.
  add column owner_id text;
update receipts r set owner_id = case r.scope
    when 'service' then e.package_id when 'project' then e.project_id else (select platform_id from installation) end
  from executions e where e.id = r.execution_id and r.scope is not null;
create index receipts_read on receipts (owner_id, name, at) where outcome = 'read';

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

insert into audit_unsealed (seq) select seq from audit;
create function audit_wait() returns trigger language plpgsql as $$
begin
  insert into audit_unsealed (seq) values (new.seq);
  return null;
end
$$;
create trigger audit_waits_for_the_chain after insert on audit for each row execute function audit_wait();
create index audit_object on audit (object, seq);
