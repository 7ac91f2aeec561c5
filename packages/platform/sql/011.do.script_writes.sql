-- Sealed twice, like a secret. Each key is one row, so that a put is atomic.
create table package_state (
  package_id text not null references packages (id),
  key text not null collate "C",
  sealed bytea not null,
  updated_at timestamptz not null default clock_timestamp(),
  primary key (package_id, key)
);

-- Parts of a value on its way in, each under the storage key, until the last one came.
create table set_parts (
  execution_id text not null references executions (id),
  attempt integer not null,
  scope text not null,
  name text not null,
  sha256 text not null,
  part integer not null,
  sealed bytea not null,
  primary key (execution_id, attempt, scope, name, sha256, part)
);

-- Files are fetched in parts: uncompressed, a part is read without the whole.
alter table files alter column bytes set storage external;
