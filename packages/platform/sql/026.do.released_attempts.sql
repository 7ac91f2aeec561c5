-- An attempt that its executor gave back before a script had started, and what on its machine was the reason.
alter table attempts drop constraint attempts_ended_as_check;
alter table attempts add constraint attempts_ended_as_check
  check (ended_as in ('finished', 'lost', 'given-back', 'released'));
alter table attempts add column reason json;
-- Why an executor takes nothing until its machine is in order again; null while it takes executions.
alter table executors add column trouble json;
drop trigger executors_tell on executors;
create trigger executors_tell after update on executors for each row
  when (old.slots <> new.slots or old.is_draining <> new.is_draining or old.revoked_at is distinct from new.revoked_at
        or old.trouble::text is distinct from new.trouble::text)
  execute function tell_change('executors');
