-- How an executor can limit the network of scripts, as its heartbeats say; null for one of an earlier version.
alter table executors add column network_forms text[];
-- What a version asks of the network: read at each claim, which must not read whole manifests.
alter table versions add column network_form text generated always as (
  case json_typeof(manifest -> 'network') when 'array' then 'named' when 'string' then manifest ->> 'network' end
) stored;
