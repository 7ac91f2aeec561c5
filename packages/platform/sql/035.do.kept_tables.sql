-- Platforms keep rows of these tables in memory; a notification with the table's name makes them forget those. One a
-- statement, however many rows it changes. New rows change nothing that is kept.
create function tell_kept() returns trigger language plpgsql as $$
begin
  perform pg_notify('sealrun_kept', tg_table_name);
  return null;
end $$;

create trigger tokens_kept after update or delete on tokens for each statement execute function tell_kept();
create trigger projects_kept after update or delete on projects for each statement execute function tell_kept();
create trigger packages_kept after update or delete on packages for each statement execute function tell_kept();
-- Every heartbeat updates other columns.
create trigger executors_kept after update of revoked_at, sign_public or delete on executors
  for each statement execute function tell_kept();
