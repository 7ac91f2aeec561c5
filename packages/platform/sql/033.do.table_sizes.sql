-- How large the tables of both databases were, once a day, so that health can say how fast they grow.
create table table_sizes (
  database text not null check (database in ('platform', 'keyring')),
  name text not null,
  at timestamptz not null default now(),
  bytes bigint not null,
  rows bigint not null,
  primary key (database, at, name)
);
