create table schedules (
  id text primary key,
  package_id text not null references packages (id),
  -- The manifest's own, or one that a script asked for.
  kind text not null check (kind in ('manifest', 'script')),
  -- Either cron text or a single due time.
  cron text,
  timezone text,
  once_at timestamptz,
  missed text not null check (missed in ('skip', 'run_once')),
  -- Parameters, sealed twice, like a secret; copied into every execution as they are.
  sealed bytea,
  sealed_names json not null default '[]',
  -- On the database's clock; null while paused and once ended.
  next_at timestamptz,
  is_paused boolean not null default false,
  ended_at timestamptz,
  created_at timestamptz not null default clock_timestamp(),
  created_by text not null,
  check (ended_at is null or next_at is null),
  check ((cron is null) <> (once_at is null))
);
create unique index schedules_manifest on schedules (package_id) where kind = 'manifest' and ended_at is null;
create index schedules_package on schedules (package_id) where ended_at is null;
create index schedules_due on schedules (next_at) where next_at is not null;

-- One row per due time that started something, written with its execution: no due time starts twice.
create table schedule_runs (
  schedule_id text not null references schedules (id),
  due_at timestamptz not null,
  execution_id text not null unique references executions (id),
  primary key (schedule_id, due_at)
);
