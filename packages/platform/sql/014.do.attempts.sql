alter table attempts
  -- When the keyring's grant was there. Without one no script can have started, so that such an attempt is no loss.
  add column granted_at timestamptz,
  -- When the keyring said that the grant of an ended attempt is over; asked for again until then.
  add column grant_ended_at timestamptz;
update attempts set granted_at = claimed_at;
create index attempts_grants_to_end on attempts (execution_id) where ended_at is not null and grant_ended_at is null;

-- How often the step was started in the newest attempt.
alter table execution_steps add column tries integer not null default 0;
