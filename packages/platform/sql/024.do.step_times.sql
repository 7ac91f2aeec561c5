-- When the step was first started in the newest attempt, by its executor's clock: where a timeline draws it.
alter table execution_steps add column started_at timestamptz;
