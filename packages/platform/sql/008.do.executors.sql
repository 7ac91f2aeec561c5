-- The keyring made these ids; the platform keeps what it needs to find and verify executors.
create table pools (
  id text primary key,
  name text not null
);
create unique index pools_name on pools (lower(name));

create table executors (
  id text primary key,
  sign_public bytea not null,
  pool_id text not null references pools (id),
  enrolled_at timestamptz not null default clock_timestamp(),
  last_seen_at timestamptz
);
create index executors_pool on executors (pool_id);
