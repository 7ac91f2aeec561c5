alter table executions
  drop constraint executions_status_check,
  add constraint executions_status_check
    check (status in ('queued', 'running', 'succeeded', 'failed', 'lost', 'cancelled')),
  -- 1 runs last, 10 first.
  add column priority integer not null default 5 check (priority between 1 and 10),
  add column not_before timestamptz,
  -- What started it: request, schedule or event.
  add column trigger json not null default '{"kind":"request"}',
  -- As the manifest of its version says.
  add column on_lost text not null default 'fail' check (on_lost in ('fail', 'rerun')),
  -- When the newest event went out; null when none is out.
  add column published_at timestamptz,
  add column cancel_requested_at timestamptz;

alter table attempts
  add column ended_at timestamptz,
  add column ended_as text check (ended_as in ('finished', 'lost', 'given-back'));

-- What an executor last said of itself.
alter table executors
  add column slots integer not null default 0,
  add column running integer not null default 0,
  add column is_draining boolean not null default false;

-- How many executions may run at once; null is any number.
alter table projects add column max_concurrent integer check (max_concurrent > 0);
alter table packages add column max_concurrent integer check (max_concurrent > 0);

-- A request that is sent again with the same key gets the same execution.
create table idempotency_keys (
  actor text not null,
  key text not null,
  -- SHA-256 of what was asked.
  request_sha256 text not null,
  execution_id text not null references executions (id),
  created_at timestamptz not null default clock_timestamp(),
  primary key (actor, key)
);
create index idempotency_keys_age on idempotency_keys (created_at);

-- When each stream was made, as NATS says: another time means that it is empty and everything must be asked for again.
create table streams (
  name text primary key,
  made_at timestamptz not null,
  checked_at timestamptz not null default clock_timestamp()
);
