-- How an executor can limit the network of scripts, as its heartbeats say; null for one of an earlier version.
alter table executors add column network_forms text[];
-- What a version asks of the network: read at each claim, which must not read whole manifests.
alter table versions add column network_form text generated always as (
  case json_typeof(manifest -> 'network') when 'array' then 'named' when 'string' then manifest ->> 'network' end
) stored;
-- What steps were connected to, counted when a step, or one try of it, ends.
create table connections (
  execution_id text not null references executions (id),
  number bigint generated always as identity,
  attempt integer not null,
  step integer not null,
  host text not null,
  port integer not null,
  address text,
  outcome text not null check (outcome in ('connected', 'refused', 'failed')),
  reason text,
  connections bigint not null,
  sent_bytes bigint not null,
  received_bytes bigint not null,
  at timestamptz not null,
  primary key (execution_id, number)
);
