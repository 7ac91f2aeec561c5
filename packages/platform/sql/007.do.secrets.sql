create table secrets (
  id text primary key,
  scope text not null check (scope in ('service', 'project', 'platform')),
  -- Package, project or platform.
  owner_id text not null,
  name text not null collate "C",
  -- Numbers go on after a delete.
  version integer not null check (version > 0),
  deleted_at timestamptz,
  unique (scope, owner_id, name)
);
create index secrets_name on secrets (name);

create table secret_versions (
  secret_id text not null references secrets (id),
  version integer not null check (version > 0),
  -- Sealed twice: the envelope under the storage key holds the envelope under the scope key.
  sealed bytea not null,
  -- Of the inner envelope, so that an event can name it without opening the outer layer.
  sha256 text not null,
  size integer not null,
  key_id text not null,
  ephemeral bytea not null,
  author text not null,
  source text not null check (source in ('push', 'set', 'script')),
  created_at timestamptz not null default clock_timestamp(),
  primary key (secret_id, version)
);
create trigger secret_versions_are_history before update on secret_versions for each row execute function refuse_change();
