-- While held, no platform of this installation starts anything new.
alter table installation
  add column held_at timestamptz,
  add column held_by text,
  -- Set by a start with --hold. This database may be a copy from before: what was due earlier than this may have run.
  add column unknown_until timestamptz,
  -- When the last hold ended. Due times until then were missed.
  add column resumed_at timestamptz;
create trigger installation_tell after update on installation
  for each statement execute function tell_change('platform');
