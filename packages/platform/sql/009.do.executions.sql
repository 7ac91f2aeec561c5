create table executions (
  id text primary key,
  -- Orders lists.
  number bigint generated always as identity unique,
  project_id text not null references projects (id),
  package_id text not null references packages (id),
  version_id text not null references versions (id),
  -- As the manifest names it; the pool itself may come later.
  pool_name text not null,
  status text not null check (status in ('queued', 'running', 'succeeded', 'failed', 'lost')),
  -- Number of the newest claim: the fencing token.
  attempt integer not null default 0,
  -- Number of the newest event that was published.
  generation integer not null default 0,
  event_expires_at timestamptz,
  -- Uploads that a grant for the newest event opens: key ids and public keys.
  uploads json not null default '[]',
  visible json not null,
  -- Sealed twice, like a secret.
  sealed bytea,
  sealed_names json not null,
  executor_id text references executors (id),
  error json,
  -- Sequence of the attempt's last report chunk; null until it has finished.
  last_sequence integer,
  -- Cursor of the newest row of its feed.
  cursor bigint not null default 0,
  created_at timestamptz not null default clock_timestamp(),
  started_at timestamptz,
  finished_at timestamptz
);
create index executions_package on executions (package_id, number);
create index executions_project on executions (project_id, number);
create index executions_open on executions (status, event_expires_at) where status in ('queued', 'running');

create table execution_steps (
  execution_id text not null references executions (id),
  position integer not null,
  script text not null,
  name text not null,
  status text not null default 'pending'
    check (status in ('pending', 'running', 'succeeded', 'failed', 'skipped')),
  exit_code integer,
  duration_ms double precision,
  result json,
  error json,
  primary key (execution_id, position)
);

-- Ids alone: what is sealed is read when the event is made.
create table outbox (
  execution_id text primary key references executions (id),
  created_at timestamptz not null default clock_timestamp()
);

create table attempts (
  execution_id text not null references executions (id),
  attempt integer not null check (attempt > 0),
  executor_id text not null references executors (id),
  -- Of the claim: sent again, it gets the same attempt.
  request_id text not null,
  claimed_at timestamptz not null default clock_timestamp(),
  lease_until timestamptz not null,
  -- Report chunks up to this one are in the feed.
  applied_sequence integer not null default 0,
  primary key (execution_id, attempt),
  unique (executor_id, request_id, execution_id)
);
create index attempts_lease on attempts (lease_until);
