-- The root key this database was made with: a known text sealed under it.
create table root_key_check (
  only_row boolean primary key default true check (only_row),
  value bytea not null,
  made_at timestamptz not null default clock_timestamp()
);

-- A package's project: written with its first key, never changed.
create table packages (
  id text primary key,
  project_id text not null
);

-- wrapped_private is sealed under the wrapping root key; nothing here opens it.
create table scope_keys (
  scope text not null check (scope in ('service', 'project', 'platform')),
  owner_id text not null,
  version integer not null check (version > 0),
  key_id bytea not null unique,
  public_key bytea not null,
  wrapped_private bytea not null,
  made_at timestamptz not null default clock_timestamp(),
  primary key (scope, owner_id, version)
);

create table pools (
  id text primary key,
  name text not null,
  made_at timestamptz not null default clock_timestamp()
);
create unique index pools_name on pools (lower(name));

-- What an executor may run: the json text "all", or an array of project ids.
create table executors (
  id text primary key,
  sign_public bytea not null unique,
  box_public bytea not null unique,
  pool_id text not null references pools,
  projects jsonb not null,
  enrolled_at timestamptz not null default clock_timestamp(),
  revoked_at timestamptz
);

-- sealed_digest is SHA-256 of the one-time secret, sealed: a digest in the clear would let a dump enrol executors.
create table enrolment_tokens (
  id text primary key,
  sealed_digest bytea not null,
  pool_id text not null references pools,
  projects jsonb not null,
  made_at timestamptz not null default clock_timestamp(),
  expires_at timestamptz not null,
  executor_id text references executors
);

-- One row per granted attempt. request_id is the claim's: one claim is good for one attempt.
create table grants (
  execution_id text not null,
  attempt integer not null check (attempt > 0),
  executor_id text not null references executors,
  package_id text not null references packages,
  project_id text not null,
  request_id text not null,
  ends_at timestamptz not null,
  granted_at timestamptz not null default clock_timestamp(),
  primary key (execution_id, attempt),
  unique (executor_id, request_id)
);

-- Frames that a lookup was answered for, kept for as long as they could be sent again.
create table answered_frames (
  digest text primary key,
  asked text not null,
  answered_at timestamptz not null default clock_timestamp()
);
create index answered_frames_age on answered_frames (answered_at);

-- Names, ids and counts; never a value or a key.
create table audit (
  number bigint generated always as identity primary key,
  at timestamptz not null default clock_timestamp(),
  action text not null,
  executor_id text,
  execution_id text,
  attempt integer,
  detail jsonb not null
);
create index audit_execution on audit (execution_id, attempt);

create function refuse_change() returns trigger language plpgsql as $$
begin
  raise exception 'rows of % are never changed', tg_table_name;
end
$$;

create trigger audit_is_history before update or delete on audit for each row execute function refuse_change();
create trigger packages_keep_their_project before update or delete on packages
  for each row execute function refuse_change();
