-- One row: which platform this database belongs to, and how its storage root key is recognised.
create table installation (
  only_row boolean primary key default true check (only_row),
  platform_id text not null,
  storage_key_check bytea not null,
  created_at timestamptz not null default now()
);

-- For tables whose rows are history.
create function refuse_change() returns trigger language plpgsql as $$
begin
  raise exception 'rows of % are never changed', tg_table_name;
end $$;
