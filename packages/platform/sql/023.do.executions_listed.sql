-- What lists narrow by: each index has its rows in the order of the list, the newest last.
create index executions_status on executions (status, number);
create index executions_executor on executions (executor_id, number) where executor_id is not null;
create index executions_trigger on executions ((trigger ->> 'kind'), number) where (trigger ->> 'kind') <> 'request';
create index executions_created on executions (created_at);
