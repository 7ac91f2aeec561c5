create table packages (
  id text primary key,
  project_id text not null references projects (id),
  name text not null,
  created_at timestamptz not null default now(),
  -- 0 until the first push; such a package is listed nowhere and goes after a day.
  current_version integer not null default 0
);
create unique index packages_name on packages (project_id, lower(name));
create index packages_unfinished on packages (created_at) where current_version = 0;
