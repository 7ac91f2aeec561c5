create table projects (
  id text primary key,
  name text not null,
  created_at timestamptz not null default now()
);
create unique index projects_name on projects (lower(name));
