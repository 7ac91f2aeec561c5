-- What happened, in the order in which everybody sees it: lines, steps and statuses, masked.
create table execution_feed (
  execution_id text not null references executions (id),
  cursor bigint not null,
  kind text not null check (kind in ('log', 'step', 'status')),
  -- Position of the step that it belongs to.
  step integer,
  stream text,
  -- json and not jsonb: it keeps the escape of the NUL character.
  body json not null,
  primary key (execution_id, cursor)
);
create index execution_feed_output on execution_feed (execution_id, step, cursor) where kind = 'log';

-- One row per chunk, so that none counts twice; items are kept only while a chunk before them is missing.
create table report_chunks (
  execution_id text not null references executions (id),
  attempt integer not null,
  sequence integer not null check (sequence > 0),
  items json,
  primary key (execution_id, attempt, sequence)
);

-- Names, scopes and versions; never a value.
create table receipts (
  execution_id text not null references executions (id),
  number bigint generated always as identity,
  step integer not null,
  name text not null,
  scope text,
  version integer,
  outcome text not null check (outcome in ('read', 'missing', 'refused')),
  at timestamptz not null,
  primary key (execution_id, number)
);
