-- When platforms checked schedules: one row for each period in which no pause between two checks was longer than the
-- grace. A due time was missed when no period reaches it. There is one row, unless due times of before an outage are
-- still open.
create table schedule_checked_periods (
  since timestamptz primary key,
  until timestamptz not null,
  check (until >= since)
);

-- Health asks for those of the last day.
create index audit_missed on audit (at) where action = 'schedule.missed';
