-- When a project or package was archived: nothing of it starts until it is unarchived. Null: it is not archived.
alter table projects add column archived_at timestamptz;
alter table packages add column archived_at timestamptz;
-- Dispatchers look these up for every batch.
create index projects_archived on projects (id) where archived_at is not null;
create index packages_archived on packages (id) where archived_at is not null;
-- When a person paused the schedule. `is_paused` says that it does not run now, for whatever reason.
alter table schedules add column paused_at timestamptz;
