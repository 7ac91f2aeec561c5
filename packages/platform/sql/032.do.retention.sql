-- How many days finished executions and their logs are kept; 0 keeps forever. A project without its own limits (both
-- null) has the platform's. Nothing is deleted in the first day after this, so that the limits can be set before.
alter table installation
  add column executions_days integer not null default 90 check (executions_days between 0 and 3650),
  add column logs_days integer not null default 30 check (logs_days between 0 and 3650),
  add column deletes_from timestamptz not null default clock_timestamp() + interval '1 day',
  add check (executions_days = 0 or logs_days between 1 and executions_days);
alter table projects
  add column executions_days integer check (executions_days between 0 and 3650),
  add column logs_days integer check (logs_days between 0 and 3650),
  add check ((executions_days is null) = (logs_days is null)),
  add check (executions_days = 0 or logs_days between 1 and executions_days);

-- An execution whose log was deleted says when and by which limit. While `has_log` is true, lines may still be stored.
alter table executions
  add column has_log boolean not null default true,
  add column log_deleted_at timestamptz,
  add column log_deleted_days integer,
  add column log_deleted_by text check (log_deleted_by in ('platform', 'project'));
create index executions_finished on executions (project_id, has_log, finished_at) where finished_at is not null;
create index executions_event on executions ((trigger ->> 'eventId')) where trigger ->> 'kind' = 'event';
create index idempotency_keys_execution on idempotency_keys (execution_id);
create index events_age on events (project_id, created_at);
create index schedules_ended on schedules (package_id, ended_at) where ended_at is not null;

-- The newest read of each secret by each package, of executions that were deleted.
create table secret_reads (
  scope text not null,
  owner_id text not null,
  name text not null,
  package_id text not null references packages,
  step text not null,
  version integer not null,
  at timestamptz not null,
  primary key (owner_id, name, scope, package_id)
);
