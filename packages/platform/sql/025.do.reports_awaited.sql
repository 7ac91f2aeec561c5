-- What is known of the reports of an ended attempt that told its last chunk: some are on their way, all are stored, or
-- they have not come for so long that people are told. Null: not ended, ended without a last chunk, or older than this.
alter table executions add column reports text check (reports in ('awaited', 'complete', 'gaps'));
create index executions_reports_awaited on executions (id) where reports = 'awaited';

alter table report_chunks add column stored_at timestamptz not null default clock_timestamp();
create index report_chunks_waiting on report_chunks (execution_id, attempt) where items is not null;

-- The end of the attempt told how the step ended before the step's own report came, which has its result.
alter table execution_steps add column is_told_early boolean not null default false;
