-- The earlier version whose files a rollback made the newest again; null for a push.
alter table versions add column restores integer;
