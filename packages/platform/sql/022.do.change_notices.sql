-- Tells open pages which lists have changed: a topic, no id and no name. Executions tell it through their feed.
create function tell_change() returns trigger language plpgsql as $$
begin
  perform pg_notify('sealrun_changes', tg_argv[0]);
  return null;
end $$;

create trigger projects_tell after insert or update or delete on projects
  for each statement execute function tell_change('projects');
create trigger packages_tell after insert or update or delete on packages
  for each statement execute function tell_change('packages');
create trigger versions_tell after insert on versions for each statement execute function tell_change('packages');
create trigger secrets_tell after insert or update or delete on secrets
  for each statement execute function tell_change('secrets');
create trigger schedules_tell after insert or update or delete on schedules
  for each statement execute function tell_change('schedules');
create trigger executors_tell_new after insert or delete on executors
  for each statement execute function tell_change('executors');
-- Executors say every few seconds that they live; only what a list shows for long is a change.
create trigger executors_tell after update on executors for each row
  when (old.slots <> new.slots or old.is_draining <> new.is_draining or old.revoked_at is distinct from new.revoked_at)
  execute function tell_change('executors');
