create table audit (
  seq bigint generated always as identity primary key,
  at timestamptz not null default clock_timestamp(),
  actor text not null,
  action text not null,
  object text not null,
  -- Names, versions and counts; never a value.
  detail json not null,
  request_id text not null
);
create trigger audit_is_history before update or delete on audit for each row execute function refuse_change();
