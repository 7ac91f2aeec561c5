-- A request of an executor that is sent again, also to another platform, stores nothing again. A version is found by the
-- sealed bytes that it holds: sealing never makes the same bytes twice.
create index secret_versions_sha256 on secret_versions (secret_id, sha256);

-- The state of a package keeps no earlier values, so what was put is noted here for longer than its frame can be sent
-- again. The SHA-256 is that of the inner envelope.
create table state_puts (
  package_id text not null,
  key text not null,
  sha256 text not null,
  put_at timestamptz not null default clock_timestamp(),
  primary key (package_id, key, sha256)
);
create index state_puts_age on state_puts (put_at);
