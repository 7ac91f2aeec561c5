-- What the sandbox of an executor holds, as it last said: a level of the protocol's list. Null: it does not say.
alter table executors add column sandbox text;
-- What it held when it claimed this attempt.
alter table attempts add column sandbox text;

-- Executions of the project run only on executors that reach this level.
alter table projects add column min_sandbox text not null default 'none';
create index projects_sandboxed on projects (id) where min_sandbox <> 'none';

-- The place of a level among all: higher is stronger, 0 is no sandbox.
create function sandbox_rank(level text) returns integer language sql immutable parallel safe as $$
  select coalesce(array_position(array['none', 'namespaces', 'filtered', 'separate-users'], level) - 1, 0)
$$;
