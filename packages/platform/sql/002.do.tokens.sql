create table tokens (
  id text primary key,
  -- What is shown as the author of what the token does.
  name text not null unique,
  -- The token itself is kept nowhere.
  sha256 bytea not null unique check (length(sha256) = 32),
  created_at timestamptz not null default now()
);
