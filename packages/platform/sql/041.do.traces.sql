-- The span that started an execution, as a traceparent of W3C: the platform, the keyring and executors add their spans
-- to it. Null while tracing is off.
alter table executions add column trace text;
