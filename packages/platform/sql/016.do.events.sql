create table events (
  id text primary key,
  number bigint generated always as identity unique,
  project_id text not null references projects (id),
  type text not null,
  source text not null,
  reference_id text,
  -- The execution whose script sent it; null when it came over HTTP.
  execution_id text references executions (id),
  -- How many events it follows from.
  depth integer not null check (depth >= 0),
  -- Its data, sealed twice, like a secret; null without any.
  sealed bytea,
  created_at timestamptz not null default clock_timestamp()
);
create index events_project on events (project_id, number);

-- What an event started: a package once, however often the event is sent.
create table event_runs (
  event_id text not null references events (id),
  package_id text not null references packages (id),
  execution_id text not null unique references executions (id),
  primary key (event_id, package_id)
);

-- The types that the newest version of each active package waits for; a push replaces them.
create table event_triggers (
  package_id text not null references packages (id),
  type text not null,
  primary key (package_id, type)
);
create index event_triggers_type on event_triggers (type);
-- PostgreSQL cannot read json text with a NUL character; no event has one in its type.
insert into event_triggers (package_id, type)
select distinct v.package_id, given.type
from packages p join versions v on v.package_id = p.id and v.number = p.current_version
  cross join lateral json_array_elements_text(
    case
      when position('\u0000' in v.manifest::text) > 0 then '[]'
      when coalesce(v.manifest ->> 'active', 'true') = 'false' then '[]'
      else coalesce(v.manifest -> 'trigger_events', '[]')
    end
  ) as given (type);
