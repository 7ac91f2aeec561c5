-- Where the newest event went: the stream's number for its message.
alter table executions add column published_seq bigint;
update executions e set published_at = clock_timestamp()
  where status = 'queued' and generation > 0 and not exists (select from outbox o where o.execution_id = e.id);

-- An outbox row carries what it is chosen by, so that choosing reads an index and nothing else.
alter table outbox
  add column pool text,
  add column project_id text,
  add column package_id text,
  add column priority integer,
  add column number bigint,
  add column not_before timestamptz,
  add column is_due boolean not null default true;
update outbox o set pool = lower(e.pool_name), project_id = e.project_id, package_id = e.package_id,
  priority = e.priority, number = e.number, not_before = e.not_before from executions e where e.id = o.execution_id;
alter table outbox
  alter column pool set not null,
  alter column project_id set not null,
  alter column package_id set not null,
  alter column priority set not null,
  alter column number set not null;
create index outbox_choice on outbox (pool, priority desc, number) where is_due;
create index outbox_lanes on outbox (pool, package_id, priority desc, number) where is_due;
create index outbox_later on outbox (not_before) where not is_due;
-- Rows come and go at the front of the same indexes: what is dead must not pile up there.
alter table outbox set (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 500);

-- These hold what is under way, and never what waits: counting costs the same however long the queue is.
create index executions_published on executions (lower(pool_name)) where status = 'queued' and published_at is not null;
create index executions_running on executions (executor_id) where status = 'running';
create index executions_in_flight on executions (project_id, package_id)
  where status = 'running' or (status = 'queued' and published_at is not null);
create index packages_limited on packages (id) where max_concurrent is not null;
create index projects_limited on projects (id) where max_concurrent is not null;

-- Whoever takes an execution out of what is under way has made room: the dispatchers hear of it with the commit.
create function ring_outbox() returns trigger language plpgsql as $$
begin
  perform pg_notify('sealrun_outbox', '');
  return null;
end $$;
create trigger executions_make_room after update of status on executions for each row
  when (old.status in ('queued', 'running') and new.status not in ('running') and old.status <> new.status)
  execute function ring_outbox();

-- Why nothing can be published at the moment; null when it can.
alter table streams add column trouble text check (trouble in ('unreachable', 'full'));

-- The newest public key of each place as the keyring signed it, for starts while the keyring cannot be reached.
create table known_scope_keys (
  scope text not null,
  owner_id text not null,
  statement json not null,
  primary key (scope, owner_id)
);
