-- Counts what one execution has sent.
create index events_execution on events (execution_id) where execution_id is not null;
