create table files (
  sha256 text primary key,
  bytes bytea not null
);

create table versions (
  id text primary key,
  package_id text not null references packages (id),
  number integer not null check (number > 0),
  digest text not null,
  author text not null,
  created_at timestamptz not null default clock_timestamp(),
  -- json and not jsonb: it keeps the order of keys, and the escape of the NUL character.
  manifest json not null,
  config json not null,
  parameters json,
  steps json not null,
  unique (package_id, number)
);
create trigger versions_are_history before update on versions for each row execute function refuse_change();

create table version_files (
  version_id text not null references versions (id),
  position integer not null,
  path text not null,
  sha256 text not null references files (sha256),
  size integer not null,
  primary key (version_id, position)
);
create unique index version_files_path on version_files (version_id, path);
create index version_files_sha256 on version_files (sha256);
create trigger version_files_are_history before update on version_files for each row execute function refuse_change();
