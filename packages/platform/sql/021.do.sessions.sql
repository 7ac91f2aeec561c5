-- Somebody signed in to the web UI with a token. The cookie's text is kept nowhere.
create table sessions (
  id text primary key,
  -- Of the cookie's text.
  sha256 bytea not null unique check (length(sha256) = 32),
  token_id text not null references tokens (id) on delete cascade,
  -- As it was at the sign-in: a token that was changed since ends its sessions.
  token_sha256 bytea not null,
  created_at timestamptz not null default clock_timestamp(),
  last_used_at timestamptz not null default clock_timestamp(),
  expires_at timestamptz not null
);
create index sessions_token on sessions (token_id);
create index sessions_expired on sessions (expires_at);
